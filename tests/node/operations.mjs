// node operations.mjs URL EMAIL PASSWORD [FOLDER] — an operator's round with the keyboard, without JavaScript: logs in,
// pauses and resumes a queue, retries the first dead job, looks at the job of the first uncertain message and settles
// it, reads a dry run, logs out. Every page is audited for accessibility on a telephone and photographed into FOLDER.
// Prints one JSON line with what was seen. CHROMIUM names the browser.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import puppeteer from 'puppeteer-core';

const [url, email, password, folder] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const browser = await puppeteer.launch({
  executablePath: process.env.CHROMIUM,
  args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
});
const elsewhere = [];
const violations = [];
const steps = [];

// The audit is a script of its own: it looks at a copy of the page, with the same cookies.
async function audit(address, name) {
  const copy = await browser.newPage();
  await copy.setBypassCSP(true);
  await copy.setViewport({ width: 360, height: 640 });
  await copy.goto(address);
  await copy.addScriptTag({ content: axe });
  const found = await copy.evaluate(() => globalThis.axe.run());
  violations.push(...found.violations.map((one) => `${name}: ${one.id}: ${one.help}`));
  if (await copy.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth)) {
    violations.push(`${name}: wider than a telephone`);
  }
  // No table is wider than its place there: every row is a card, and every cell of it says what it is.
  violations.push(...(await copy.evaluate(tables)).map((one) => `${name}: ${one}`));
  if (folder) await copy.screenshot({ path: `${folder}/telephone-${name}.png`, fullPage: true });
  await copy.close();
}

/** What is wrong with the tables of a page. Runs in it. */
function tables() {
  const found = [];
  for (const table of document.querySelectorAll('table')) {
    const { scrollWidth, clientWidth } = table.parentElement;
    const title = table.parentElement.ariaLabel;
    if (scrollWidth > clientWidth) found.push(`${title}: ${scrollWidth} wide in ${clientWidth}`);
    const heads = [...table.querySelectorAll('thead th')].slice(1).map((head) => head.textContent);
    for (const row of table.querySelectorAll('tbody tr')) {
      const said = [...row.querySelectorAll('td')].map((cell) => getComputedStyle(cell, '::before').content);
      if (said.join() !== heads.map((head) => `"${head}"`).join()) found.push(`${title}: says ${said}`);
    }
  }
  return found;
}

try {
  const page = await browser.newPage();
  await page.setJavaScriptEnabled(false);
  await page.setViewport({ width: 1280, height: 900 });
  page.on('request', (request) => {
    if (!request.url().startsWith(url)) elsewhere.push(request.url());
  });
  let shots = 0;
  const look = async (name, { alone = false } = {}) => {
    const seen = await page.evaluate(() => ({
      heading: document.querySelector('h1')?.innerText,
      alert: document.querySelector('[role=alert]')?.innerText ?? null,
      text: document.querySelector('main').innerText,
    }));
    steps.push({ name, ...seen });
    shots += 1;
    if (folder) await page.screenshot({ path: `${folder}/${shots}-${name}.png`, fullPage: true });
    if (!alone) await audit(page.url(), name);
  };
  const press = async (words) => {
    const target = await page.evaluateHandle(
      (text) => [...document.querySelectorAll('button, a')].find((one) => one.innerText.startsWith(text)),
      words,
    );
    await target.focus();
    await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
  };

  await page.goto(`${url}/operations`);
  await look('login');
  // As a person does it: Tab, type, Tab, type, Enter.
  const fill = async (secret) => {
    await page.focus('#email');
    await page.keyboard.type(email);
    await page.keyboard.press('Tab');
    await page.keyboard.type(secret);
    await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
  };
  await fill(`${password} no`);
  await look('wrong', { alone: true });
  await fill(password);
  await look('overview');
  await page.focus('#reason-MAIL');
  await page.keyboard.type('Panne chez l’hébergeur');
  await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
  await look('paused');
  await press('Reprendre MAIL');
  await look('resumed');
  await page.goto(`${url}/operations/jobs?state=DEAD`);
  await look('dead');
  await press('n° ');
  await look('job');
  await press('Relancer');
  await look('retried');
  await page.goto(`${url}/operations/mails?status=UNCERTAIN`);
  await look('uncertain');
  await press('Tâche n° ');
  await look('carrier');
  await page.goto(`${url}/operations/mails?status=UNCERTAIN`);
  await press('Le n° ');
  await look('decided');
  await page.goto(`${url}/operations/schedules/purge_operations`);
  await look('schedule');
  await press('Se déconnecter');
  await look('out');
  const cookies = await browser.cookies();
  console.log(JSON.stringify({ steps, violations, elsewhere, cookies: cookies.length }));
} finally {
  await browser.close();
}
