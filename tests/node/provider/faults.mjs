// How the provider misbehaves: what each fault makes of an answer that was right.
import { createPublicKey } from 'node:crypto';
import { SignJWT, decodeJwt, decodeProtectedHeader } from 'jose';

const now = () => Math.floor(Date.now() / 1000);
const bytes = (text) => new TextEncoder().encode(text);
const part = (json) => Buffer.from(JSON.stringify(json)).toString('base64url');
const HUGE = 100 * 1024 * 1024;

/** The same token with other claims, signed as before. */
const claims = (change) => async (token, { keys }) => {
  const body = decodeJwt(token);
  change(body);
  return sign(body, decodeProtectedHeader(token), keys.privateKey);
};

const sign = (body, header, key) => new SignJWT(body).setProtectedHeader(header).sign(key);

/** The same claims, signed otherwise. */
const signed = (header, key) => async (token, context) =>
  sign(decodeJwt(token), { ...decodeProtectedHeader(token), ...header(context) }, key(context));

const badSignature = (token) => {
  const [header, body, signature] = token.split('.');
  const first = signature[0] === 'A' ? 'B' : 'A';
  return [header, body, first + signature.slice(1)].join('.');
};
const unsigned = (token) => {
  const header = { ...decodeProtectedHeader(token), alg: 'none', kid: undefined };
  return `${part(header)}.${token.split('.')[1]}.`;
};
const publicPem = ({ keys }) => bytes(createPublicKey(keys.privateKey).export({ type: 'spki', format: 'pem' }));
const hmac = () => ({ alg: 'HS256', kid: undefined });

const TOKENS = {
  wrong_nonce: claims((body) => { body.nonce = 'not-the-nonce'; }),
  missing_nonce: claims((body) => { delete body.nonce; }),
  other_audience: claims((body) => { body.aud = 'somebody-else'; }),
  two_audiences_without_azp: claims((body) => { body.aud = [body.aud, 'somebody-else']; delete body.azp; }),
  two_audiences_other_azp: claims((body) => { body.aud = [body.aud, 'somebody-else']; body.azp = 'somebody-else'; }),
  other_issuer: claims((body) => { body.iss = `${body.iss}/other`; }),
  expired: claims((body) => { body.iat = now() - 7200; body.exp = now() - 3600; }),
  issued_in_future: claims((body) => { body.iat = now() + 3600; body.exp = now() + 7200; }),
  no_expiry: claims((body) => { delete body.exp; }),
  no_sub: claims((body) => { delete body.sub; }),
  empty_sub: claims((body) => { body.sub = ''; }),
  other_acr: claims((body) => { body.acr = 'eidas0'; }),
  wrong_at_hash: claims((body) => { body.at_hash = 'AAAAAAAAAAAAAAAAAAAAAA'; }),
  alg_none: unsigned,
  alg_hs256_with_client_secret: signed(hmac, ({ secret }) => bytes(secret)),
  alg_hs256_with_public_key: signed(hmac, publicPem),
  // The kid says that it is the published key, which it is not.
  signed_with_unknown_key: signed(() => ({}), ({ strange }) => strange.privateKey),
  unknown_kid: signed(() => ({ kid: 'unknown' }), ({ strange }) => strange.privateKey),
  bad_signature: badSignature,
  // Cut within its claims.
  truncated_id_token: (token) => token.slice(0, token.lastIndexOf('.') - 10),
  no_id_token: () => undefined,
};

const USERINFO = {
  userinfo_other_sub: claims((body) => { body.sub = 'somebody-else'; }),
  userinfo_other_issuer: claims((body) => { body.iss = `${body.iss}/other`; }),
  userinfo_other_audience: claims((body) => { body.aud = 'somebody-else'; }),
  userinfo_other_issuer_or_audience: claims((body) => { body.iss = `${body.iss}/other`; body.aud = 'somebody-else'; }),
  userinfo_expired: claims((body) => { body.iat = now() - 7200; body.exp = now() - 3600; }),
  userinfo_alg_none: unsigned,
  userinfo_bad_signature: badSignature,
  userinfo_signed_with_unknown_key: signed(() => ({}), ({ strange }) => strange.privateKey),
  no_siret: claims((body) => { delete body.siret; }),
  malformed_siret: claims((body) => { body.siret = '1234 5678'; }),
  email_missing: claims((body) => { delete body.email; }),
};

/** What an authorization sends the browser back with. */
const REDIRECTS = {
  wrong_state: (params) => params.set('state', 'not-the-state'),
  missing_state: (params) => params.delete('state'),
  no_code: (params) => params.delete('code'),
  other_iss: (params) => params.set('iss', 'https://elsewhere.example'),
  access_denied: (params) => {
    params.delete('code');
    params.set('error', 'access_denied');
    params.set('error_description', 'User auth aborted');
  },
};

const fail = (status) => (ctx) => {
  ctx.status = status;
  ctx.body = { error: 'server_error', error_description: 'on purpose' };
};

/** Takes the connection away from Koa. */
function taken(ctx) {
  ctx.respond = false;
  return ctx.res;
}

const never = (ctx) => void taken(ctx);
const huge = (ctx) => {
  const answer = taken(ctx);
  answer.writeHead(200, { 'content-type': 'application/json' });
  answer.write('{"id_token":"');
  const piece = 'A'.repeat(64 * 1024);
  let left = HUGE;
  const on = () => {
    while (left > 0 && !answer.destroyed) {
      left -= piece.length;
      if (!answer.write(piece)) return answer.once('drain', on);
    }
    return answer.end('"}');
  };
  on();
};
const html = (ctx) => {
  ctx.status = 200;
  ctx.type = 'html';
  ctx.body = '<!doctype html><title>Maintenance</title><p>Back soon.</p>';
};

/** Answers given instead of those of an endpoint. */
const ANSWERS = {
  token: {
    token_endpoint_500: fail(500),
    token_endpoint_slow: never,
    token_endpoint_html: html,
    token_endpoint_huge: huge,
    redirect_from_token_endpoint: (ctx) => {
      ctx.status = 307;
      ctx.set('location', `${ctx.origin}/elsewhere`);
    },
  },
  userinfo: { userinfo_500: fail(500), userinfo_slow: never },
  jwks: { jwks_unavailable: fail(503), jwks_empty: (ctx) => { ctx.body = { keys: [] }; } },
  discovery: { discovery_unavailable: fail(503), discovery_other_issuer: null },
};

/** Every fault, by the endpoint that shows it. */
export const FAULTS = Object.fromEntries([
  ...Object.keys(TOKENS).map((fault) => [fault, 'token']),
  ...Object.keys(USERINFO).map((fault) => [fault, 'userinfo']),
  ['userinfo_unsigned', 'userinfo'],
  ...Object.keys(REDIRECTS).map((fault) => [fault, 'authorization']),
  ...Object.entries(ANSWERS).flatMap(([endpoint, faults]) => Object.keys(faults).map((fault) => [fault, endpoint])),
]);

/** Answers in place of the provider, when the fault is of that kind. */
export function answers(fault, ctx) {
  const answer = ANSWERS[FAULTS[fault]]?.[fault];
  answer?.(ctx);
  return answer != null;
}

/** Alters an answer of the provider. */
export async function alter(fault, ctx, context) {
  switch (FAULTS[fault]) {
    case 'token':
      ctx.body = { ...ctx.body, id_token: await TOKENS[fault](ctx.body.id_token, context) };
      break;
    case 'userinfo': {
      // Without a fault of its own: plain JSON, as the specification allows and ProConnect does not do.
      const token = String(ctx.body);
      ctx.body = fault === 'userinfo_unsigned' ? decodeJwt(token) : await USERINFO[fault](token, context);
      ctx.type = fault === 'userinfo_unsigned' ? 'application/json' : 'application/jwt';
      break;
    }
    case 'authorization': {
      const target = new URL(ctx.response.get('location'));
      REDIRECTS[fault](target.searchParams);
      ctx.set('location', target.href);
      break;
    }
    default:
      ctx.body = { ...ctx.body, issuer: `${ctx.body.issuer}/other` };
  }
}
