// The vendor's program: registers its system, asks customers for a system user, delivers for them.
import { createPrivateKey, randomUUID, sign } from 'node:crypto'
import { readFileSync } from 'node:fs'

const CLIENT = '7d3c9a52-5f0e-4a7c-9c1b-2f6d7b1e4a10'
const VENDOR = '310200409'
export const CONDOMINIUM = '310200107'
const RESOURCE = 'ske-innrapportering-boligsameie'
const PACKAGE = 'urn:altinn:accesspackage:skattegrunnlag'
const REPORTING = 'skatteetaten:innrapporteringboligsameie'
const keyFile = new URL('../../crates/jose/sandbox-keys/vendor.jwk.json', import.meta.url)
const jwk = JSON.parse(readFileSync(keyFile, 'utf8'))
const key = createPrivateKey({ key: jwk, format: 'jwk' })
const rights = [{ resource: [{ id: 'urn:altinn:resource', value: RESOURCE }] }]

const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url')

export class Vendor {
  constructor(base) {
    this.base = base
    this.system = `${VENDOR}_browser-${randomUUID().slice(0, 8)}`
  }

  async send(path, init, status) {
    const answer = await fetch(this.base + path, init)
    const text = await answer.text()
    if (answer.status !== status) throw new Error(`${path} answered ${answer.status}: ${text}`)
    return text ? JSON.parse(text) : undefined
  }

  /** A Maskinporten token, for the customer's system user when a reference is given. */
  async token(scope, reference) {
    const { issuer, token_endpoint: endpoint } = await this.send('/.well-known/oauth-authorization-server', {}, 200)
    const now = Math.floor(Date.now() / 1000)
    const claims = { iss: CLIENT, aud: issuer, scope, iat: now, exp: now + 100, jti: randomUUID() }
    if (reference) {
      const organisation = { authority: 'iso6523-actorid-upis', ID: `0192:${CONDOMINIUM}` }
      claims.authorization_details = [{ type: 'urn:altinn:systemuser', systemuser_org: organisation, externalRef: reference }]
    }
    const unsigned = `${encode({ alg: 'RS256', kid: jwk.kid })}.${encode(claims)}`
    const assertion = `${unsigned}.${sign('sha256', Buffer.from(unsigned), key).toString('base64url')}`
    const body = new URLSearchParams({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion })
    const path = new URL(endpoint, this.base).pathname
    return (await this.send(path, { method: 'POST', body }, 200)).access_token
  }

  async post(path, scope, body, status) {
    const headers = { authorization: `Bearer ${await this.token(scope)}`, 'content-type': 'application/json' }
    return this.send(path, { method: 'POST', headers, body: JSON.stringify(body) }, status)
  }

  async registerSystem() {
    const body = {
      id: this.system, vendor: { authority: 'iso6523-actorid-upis', ID: `0192:${VENDOR}` },
      name: { nb: 'Regnskap i skyen', nn: 'Rekneskap i skya', en: 'Accounting in the cloud' },
      description: { nb: 'Leverer for sameier', nn: 'Leverer for sameige', en: 'Reports for condominiums' },
      rights, accessPackages: [{ urn: PACKAGE }], clientId: [CLIENT], isVisible: true, allowedRedirectUrls: ['https://vendor.example/done'],
    }
    await this.post('/authentication/api/v1/systemregister/vendor', 'altinn:authentication/systemregister.write', body, 200)
  }

  /** Asks the customer for a system user; answers the request with its address for the customer. */
  async ask(reference) {
    const body = {
      systemId: this.system, partyOrgNo: CONDOMINIUM, externalRef: reference, integrationTitle: 'Regnskap i skyen',
      rights, accessPackages: [{ urn: PACKAGE }], redirectUrl: 'https://vendor.example/done',
    }
    const path = '/authentication/api/v1/systemuser/request/vendor'
    return this.post(path, 'altinn:authentication/systemuser.request.write', body, 201)
  }

  async status(id) {
    const headers = { authorization: `Bearer ${await this.token('altinn:authentication/systemuser.request.read')}` }
    const answer = await fetch(`${this.base}/authentication/api/v1/systemuser/request/vendor/${id}`, { headers })
    return answer.ok ? (await answer.json()).status : answer.status
  }

  /** Delivers for the customer; answers the ids of dialog and delivery. */
  async deliver(reference, year = 2023) {
    const token = await this.token(REPORTING, reference)
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', accept: 'application/json', idempotencyKey: randomUUID() }
    const body = JSON.stringify(delivery(year))
    return this.send(`/_host/innrapporteringboligsameie/v1/${year}`, { method: 'POST', headers, body }, 200)
  }
}

function delivery(year) {
  const share = (section, owner, income, wealth, debt) => ({
    oppgaveeier: owner, eiertid: { start: '0101', slutt: '3112' },
    matrikkelnummer: { kommunenummer: '1554', gaardsnummer: 91, bruksnummer: 227, seksjonsnummer: section },
    andelSkattepliktigeInntekter: income, andelFradragsberettigedeKostnader: income, andelFormue: wealth, andelGjeld: debt,
  })
  const contact = {
    navn: 'Styret i sameiet', telefonnummer: '00000000', varselEpostadresse: 'styret@sameiet.example', varselSmsMobilnummer: '40000000',
  }
  return {
    leveranse: {
      kildesystem: 'Allting nettlesertest', leveransetype: 'ordinaer', inntektsaar: year, oppgavegiversLeveranseReferanse: randomUUID().slice(0, 8),
      oppgavegiver: { organisasjonsnummer: CONDOMINIUM, kontaktinformasjon: contact },
      oppgave: [
        share(11, { organisasjonsnummer: '310200603', navn: 'Eieren AS' }, 1766, 9336, 21761),
        share(30, { foedselsnummer: '19919640521', navn: 'Amir Hussain' }, 483, 2552, 5948),
      ],
      sletteoppgave: [],
      oppgaveoppsummering: {
        antallOppgaver: 2, sumAndelSkattepliktigeInntekter: 2249, sumAndelFradragsberettigedeKostnader: 2249, sumAndelFormue: 11888, sumAndelGjeld: 27709,
      },
    },
  }
}
