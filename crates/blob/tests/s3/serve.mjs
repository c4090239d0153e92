// node serve.mjs DIRECTORY BUCKET: serves an empty bucket on a free port, prints the port, ends with its parent.
// s3rver speaks S3 but takes any version 4 signature; the gate in front of it works the signature out with the package aws4, and
// the digest of the body, and refuses as S3 does.
import aws4 from 'aws4';
import { createHash } from 'node:crypto';
import http from 'node:http';
import S3rver from 's3rver';

const ID = 'ALLTINGTEST';
const SECRET = 'a secret of the tests';
const MOST_SKEW = 15 * 60 * 1000;

const [directory, name] = process.argv.slice(2);
const s3 = new S3rver({ port: 0, address: '127.0.0.1', silent: true, directory, configureBuckets: [{ name }] });
const behind = (await s3.run()).port;

function objection({ method, url, headers }, body) {
  const given = headers.authorization ?? '';
  const parts = /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request,SignedHeaders=([^,]+),Signature=(\w+)$/.exec(given);
  if (!parts) return [403, 'AccessDenied'];
  const [, id, day, region, signed, signature] = parts;
  if (id !== ID) return [403, 'InvalidAccessKeyId'];
  const names = signed.split(';');
  if (!['host', 'x-amz-content-sha256', 'x-amz-date'].every((name) => names.includes(name))) return [403, 'AccessDenied'];
  const date = headers['x-amz-date'];
  const at = Date.parse(date.replace(/(....)(..)(..)T(..)(..)(..)Z/, '$1-$2-$3T$4:$5:$6Z'));
  if (!date.startsWith(day) || !(Math.abs(Date.now() - at) < MOST_SKEW)) return [403, 'RequestTimeTooSkewed'];
  const ours = aws4.sign(
    { service: 's3', region, method, path: url, headers: Object.fromEntries(names.map((name) => [name, headers[name]])) },
    { accessKeyId: ID, secretAccessKey: SECRET },
  );
  if (!ours.headers.Authorization.endsWith(`Signature=${signature}`)) return [403, 'SignatureDoesNotMatch'];
  const digest = createHash('sha256').update(body).digest('hex');
  return digest === headers['x-amz-content-sha256'] ? undefined : [400, 'XAmzContentSHA256Mismatch'];
}

const gate = http.createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  const refused = objection(request, body);
  if (refused) {
    response.writeHead(refused[0], { 'content-type': 'application/xml' });
    response.end(`<?xml version="1.0"?><Error><Code>${refused[1]}</Code></Error>`);
    return;
  }
  const { method, url: path, headers: { authorization, ...headers } } = request;
  const onward = http.request({ host: '127.0.0.1', port: behind, method, path, headers }, (answer) => {
    response.writeHead(answer.statusCode, answer.headers);
    answer.pipe(response);
  });
  onward.on('error', () => response.destroy());
  onward.end(body);
});
gate.listen(0, '127.0.0.1', () => console.log(gate.address().port));
const parent = process.ppid;
setInterval(() => process.ppid === parent || process.exit(), 1000);
