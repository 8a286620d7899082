// node page.mjs URL [SCREENSHOT] — opens a page as a person would: on a telephone, without JavaScript, with the
// keyboard only. Prints as one JSON line what is there, what an accessibility audit finds, and what the first
// button leads to. CHROMIUM names the browser.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import puppeteer from 'puppeteer-core';

const [url, screenshot] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const telephone = { width: 360, height: 640, isMobile: true, hasTouch: true };

const browser = await puppeteer.launch({
  executablePath: process.env.CHROMIUM,
  args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
});
try {
  // The audit itself is a script; the page under audit has none.
  const audited = await browser.newPage();
  await audited.setBypassCSP(true);
  await audited.setViewport(telephone);
  await audited.goto(url);
  await audited.addScriptTag({ content: axe });
  const { violations } = await audited.evaluate(() => globalThis.axe.run());

  const page = await browser.newPage();
  await page.setJavaScriptEnabled(false);
  await page.setViewport(telephone);
  await page.goto(url);
  const seen = () =>
    page.evaluate(() => ({
      heading: document.querySelector('h1')?.innerText,
      text: document.querySelector('main')?.innerText,
      buttons: [...document.querySelectorAll('button')].map((button) => button.innerText),
      fits: document.documentElement.scrollWidth <= document.documentElement.clientWidth,
      language: document.documentElement.lang,
    }));
  const before = await seen();
  if (screenshot) await page.screenshot({ path: screenshot });
  let after = null;
  if (before.buttons.length > 0) {
    await page.keyboard.press('Tab');
    const focused = await page.evaluate(() => document.activeElement?.innerText);
    await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
    after = { focused, ...(await seen()) };
  }
  const found = violations.map((violation) => `${violation.id}: ${violation.help}`);
  console.log(JSON.stringify({ before, after, violations: found }));
} finally {
  await browser.close();
}
