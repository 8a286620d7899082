// PORT=0 node provider.mjs CONFIG_JSON — an OpenID provider for tests that behaves as ProConnect does, and misbehaves
// when it is told to. CONFIG_JSON is a file or the text itself:
//   { "client_id", "client_secret", "redirect_uris": [], "post_logout_redirect_uris": [],
//     "users": [{ "login", "sub", "given_name", "usual_name", "email", "siret", "organizational_unit", "phone" }] }
// Nobody has to type anything: `login_hint`, or a cookie `test_user`, says who logs in, else the first of the users.
//   POST /_test { "fault": "wrong_nonce", "times": 1 }   the next answer of that kind is faulty (provider/faults.mjs);
//                                                        null takes it back, and either counts requests from zero
//   POST /_test { "rotate_keys": true }                  other keys from now on; the old ones are not published
//   GET /_test                                           what was asked for so far, and the faults there are
import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';
import { exportJWK, generateKeyPair } from 'jose';
import Provider, { interactionPolicy } from 'oidc-provider';
import { FAULTS, alter, answers } from './provider/faults.mjs';

const given = process.argv[2];
if (!given || process.env.PORT === undefined) {
  console.error('usage: PORT=0 node provider.mjs CONFIG_JSON');
  process.exit(2);
}
const config = JSON.parse(given.trim().startsWith('{') ? given : readFileSync(given, 'utf8'));

// Where ProConnect has its endpoints.
const PREFIX = '/api/v2';
const ACR = 'eidas1';
const CLAIMS = ['given_name', 'usual_name', 'email', 'siret', 'organizational_unit', 'phone'];

const byLogin = (login) => config.users.find((user) => user.login === login);
const bySub = (sub) => config.users.find((user) => user.sub === sub);

let origin;
let provider;
let keys;
let strange;
let fault = null;
let left = 0;
let requests = {};

async function newKeys() {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const kid = `key-${Date.now()}-${Math.floor(Math.random() * 1e6)}`;
  return { privateKey, jwk: { ...(await exportJWK(privateKey)), kid, use: 'sig', alg: 'RS256' } };
}

/** Another person than the one whose session it is has to log in. */
function policy() {
  const { Check, base } = interactionPolicy;
  const prompts = base();
  const another = new Check('another_user', 'Another person is asked for', 'login_required', (ctx) => {
    const { params, session } = ctx.oidc;
    const wanted = params.login_hint && byLogin(params.login_hint)?.sub;
    return params.login_hint && session.accountId && wanted !== session.accountId;
  });
  prompts.get('login').checks.push(another);
  return prompts;
}

function build() {
  const built = new Provider(`${origin}${PREFIX}`, {
    clients: [
      {
        client_id: config.client_id,
        client_secret: config.client_secret,
        redirect_uris: config.redirect_uris,
        post_logout_redirect_uris: config.post_logout_redirect_uris ?? [],
        response_types: ['code'],
        grant_types: ['authorization_code'],
        token_endpoint_auth_method: 'client_secret_post',
        id_token_signed_response_alg: 'RS256',
        userinfo_signed_response_alg: 'RS256',
      },
    ],
    jwks: { keys: [keys.jwk] },
    acrValues: [ACR],
    claims: { openid: ['sub', 'acr', 'amr'], ...Object.fromEntries(CLAIMS.map((one) => [one, [one]])) },
    scopes: ['openid', ...CLAIMS],
    clientAuthMethods: ['client_secret_post'],
    pkce: { required: () => false, methods: ['S256'] },
    features: { devInteractions: { enabled: false }, jwtUserinfo: { enabled: true } },
    routes: {
      authorization: '/authorize',
      token: '/token',
      userinfo: '/userinfo',
      jwks: '/jwks',
      end_session: '/session/end',
    },
    interactions: { policy: policy(), url: (_, interaction) => `${PREFIX}/interaction/${interaction.uid}` },
    cookies: { keys: ['only for tests'] },
    ttl: { AccessToken: 60, AuthorizationCode: 60, Grant: 600, IdToken: 60, Interaction: 600, Session: 3600 },
    findAccount: (_, sub) => bySub(sub) && { accountId: sub, claims: () => ({ ...bySub(sub), login: undefined }) },
    // Agents are not asked what ProConnect may tell.
    loadExistingGrant: async (ctx) => {
      const { Grant } = ctx.oidc.provider;
      const grant = new Grant({ clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId });
      grant.addOIDCScope(['openid', ...CLAIMS].join(' '));
      await grant.save();
      return grant;
    },
    renderError: (ctx, out) => {
      ctx.type = 'application/json';
      ctx.body = out;
    },
  });
  built.use(answer);
  return built;
}

const ENDPOINTS = {
  '/authorize': 'authorization',
  '/token': 'token',
  '/userinfo': 'userinfo',
  '/jwks': 'jwks',
  '/session/end': 'end_session',
  '/.well-known/openid-configuration': 'discovery',
};

/** Whether the fault is due here; counts it then. */
function due(endpoint) {
  if (fault === null || FAULTS[fault] !== endpoint) return null;
  const now = fault;
  left -= 1;
  if (left === 0) fault = null;
  return now;
}

/** Stands around the provider: counts, alters and confirms what people would have to. */
async function answer(ctx, next) {
  const endpoint = ENDPOINTS[ctx.path];
  if (endpoint) requests[endpoint] = (requests[endpoint] ?? 0) + 1;
  if (['token', 'userinfo', 'jwks', 'discovery'].includes(endpoint)) {
    const before = { fault, left };
    const wrong = due(endpoint);
    if (wrong && answers(wrong, ctx)) return;
    await next();
    if (wrong && ctx.status === 200) await alter(wrong, ctx, { keys, strange, secret: config.client_secret });
    // A refusal of the provider's own: there was nothing to alter yet.
    else if (wrong) ({ fault, left } = before);
    return;
  }
  await next();
  // Also asked when somebody else logs in.
  const asked = endpoint === 'end_session' || ctx.path.startsWith('/authorize/');
  if (asked && ctx.status === 200) await confirm(ctx);
  const back = ctx.response.get('location');
  if (config.redirect_uris.some((uri) => back.startsWith(uri))) {
    const wrong = due('authorization');
    if (wrong) await alter(wrong, ctx);
  }
}

/** « Yes, log me out »: the form that a person would send. */
async function confirm(ctx) {
  const [, xsrf] = /name="xsrf" value="([\w-]+)"/.exec(String(ctx.body)) ?? [];
  if (!xsrf) return;
  const fresh = [ctx.response.get('set-cookie')].flat().map((one) => one.split(';')[0]);
  const sent = await fetch(`${origin}${PREFIX}/session/end/confirm`, {
    method: 'POST',
    redirect: 'manual',
    // Of two cookies of one name, the first counts.
    headers: { cookie: [...fresh, ctx.get('cookie')].filter(Boolean).join('; ') },
    body: new URLSearchParams({ xsrf, logout: 'yes' }),
  });
  ctx.status = sent.status;
  ctx.body = '';
  ctx.set('location', sent.headers.get('location') ?? '');
  ctx.set('set-cookie', sent.headers.getSetCookie());
}

/** Logs in whoever is asked for, at once. */
async function interaction(request, response) {
  const { params } = await provider.interactionDetails(request, response);
  const [, cookie] = /(?:^|; *)test_user=([^;]*)/.exec(request.headers.cookie ?? '') ?? [];
  const login = params.login_hint ?? (cookie && decodeURIComponent(cookie));
  const user = login === undefined ? config.users[0] : byLogin(login);
  const result = user
    ? { login: { accountId: user.sub, acr: ACR, amr: ['pwd'], remember: false } }
    : { error: 'access_denied', error_description: 'nobody has this login' };
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
}

async function control(request, response) {
  let status = 200;
  if (request.method === 'POST') {
    let text = '';
    for await (const piece of request) text += piece;
    const order = JSON.parse(text);
    if (order.rotate_keys) {
      keys = await newKeys();
      provider = build();
    }
    if (order.fault !== undefined) {
      if (order.fault !== null && !(order.fault in FAULTS)) status = 400;
      else [fault, left, requests] = [order.fault, order.times ?? 1, {}];
    }
  }
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ fault, left: fault === null ? 0 : left, requests, faults: Object.keys(FAULTS) }));
}

async function serve(request, response) {
  const { pathname } = new URL(request.url, origin);
  if (pathname === '/_test') return control(request, response);
  if (pathname === '/elsewhere') requests.elsewhere = (requests.elsewhere ?? 0) + 1;
  if (!pathname.startsWith(`${PREFIX}/`)) return response.writeHead(404).end();
  if (pathname.startsWith(`${PREFIX}/interaction/`)) return interaction(request, response);
  // As if the provider were mounted there.
  request.originalUrl = request.url;
  request.url = request.url.slice(PREFIX.length);
  return provider.callback()(request, response);
}

const server = createServer((request, response) => {
  serve(request, response).catch((error) => {
    console.error(error);
    if (!response.headersSent) response.writeHead(500);
    response.end();
  });
});
process.once('SIGTERM', () => process.exit());
server.listen(Number(process.env.PORT), '127.0.0.1', async () => {
  origin = `http://127.0.0.1:${server.address().port}`;
  [keys, strange] = [await newKeys(), await newKeys()];
  provider = build();
  console.log(`listening ${origin}`);
});
