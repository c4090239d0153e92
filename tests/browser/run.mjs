// Steps 4 and 11 of the main job as people do them, in real Chromium, against the server at argv[2].
import { randomUUID } from 'node:crypto'
import assert from 'node:assert/strict'
import { gzipSync } from 'node:zlib'
import { chromium } from 'playwright-core'
import { faults } from './look.mjs'
import { Vendor } from './vendor.mjs'

const base = process.argv[2]
const kari = '12837122463'
const condominium = 'SAMEIET FJORDUTSIKTEN'
let passed = 0
let failed = 0

async function check(name, work) {
  try {
    await work()
    passed += 1
    console.log(`ok   ${name}`)
  } catch (error) {
    failed += 1
    console.log(`FAIL ${name}\n     ${String(error.message).split('\n').slice(0, 12).join('\n     ')}`)
  }
}

const looks = (page, name) => check(`${name}: axe finds nothing, fits the screen`, async () => assert.deepEqual(await faults(page, name), []))
const heading = (page) => page.locator('h1').innerText()
const button = (page, name) => page.getByRole('button', { name, exact: true })
const link = (page, name, exact = true) => page.getByRole('link', { name, exact })

const vendor = new Vendor(base)
await vendor.registerSystem()
// Chromium refuses to run as root with its own sandbox, and tests run so in containers.
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] })

/** A browser of its own; anything from another host or refused by the content security policy is a fault. */
async function person(options = {}) {
  const context = await browser.newContext({ locale: 'nb-NO', reducedMotion: 'reduce', ...options })
  const page = await context.newPage()
  page.setDefaultTimeout(10_000)
  page.strays = []
  page.on('request', (request) => { if (!request.url().startsWith(base) && !request.url().startsWith('data:')) page.strays.push(request.url()) })
  page.on('console', (message) => { if (message.type() === 'error' && !/status of 40[034]/.test(message.text())) page.strays.push(message.text()) })
  page.on('pageerror', (error) => page.strays.push(error.message))
  return page
}

async function oneClick(page, name) {
  await page.goto(`${base}/`)
  await link(page, name).click()
  await page.waitForURL(`${base}/innboks`)
}

async function actFor(page, name) {
  await page.goto(`${base}/aktor`)
  await button(page, new RegExp(name)).click().catch(() => page.locator('button', { hasText: name }).first().click())
  await page.waitForURL(`${base}/innboks`)
  assert.match(await heading(page), new RegExp(name))
}

/** Reloads until the text is there: the agency's back office works in the background. */
async function until(page, text) {
  for (let attempt = 0; attempt < 40; attempt += 1) {
    if ((await page.content()).includes(text)) return
    await page.waitForTimeout(250)
    await page.reload()
  }
  throw new Error(`no "${text}" at ${page.url()}`)
}

const main = await person()
const reference = `nettleser-${Date.now()}`
const request = await vendor.ask(reference)
let dialog

await check('the start page offers five people', async () => {
  await main.goto(`${base}/`)
  assert.equal(await main.locator('[data-persona]').count(), 5)
})
await looks(main, 'start')

await check('one click logs a persona in; her own inbox is empty and says why', async () => {
  await oneClick(main, 'Kari Nordli')
  assert.match(await heading(main), /Innboks for Kari Nordli/)
  assert.match(await main.locator('.empty').innerText(), /har ikke fått noe her ennå/)
})
await looks(main, 'inbox-empty')

await check('the address that the vendor was given leads to the decision, which says who gets what', async () => {
  await main.goto(new URL(request.confirmUrl, base).href)
  assert.equal(main.url(), `${base}/systembruker/foresporsel/${request.id}`)
  assert.equal(await heading(main), `Gi Regnskap i skyen fullmakt for ${condominium}?`)
  const text = await main.locator('.grant').innerText()
  for (const part of ['Innrapportering', 'Skatteetaten', 'Tilgangspakke', condominium, '310 200 107', 'Til du fjerner den']) assert.ok(text.includes(part), part)
})
await looks(main, 'approval')

await check('a form without the session\'s proof is refused as a page and changes nothing', async () => {
  const answer = await main.request.post(`${base}/systembruker/foresporsel/${request.id}`, { form: { svar: 'godkjenn', _csrf: 'x' } })
  assert.equal(answer.status(), 403)
  assert.match(await answer.text(), /Skjemaet er utløpt/)
  assert.equal(await vendor.status(request.id), 'New')
})

await check('she approves; the receipt has the id and the vendor sees it', async () => {
  await button(main, 'Gi fullmakt').click()
  assert.equal(await heading(main), 'Fullmakten er gitt')
  assert.ok((await main.locator('main').innerText()).includes(request.id))
  assert.equal(await main.evaluate(() => document.activeElement?.getAttribute('role')), 'status')
  assert.equal(await vendor.status(request.id), 'Accepted')
})
await looks(main, 'approval-receipt')

await check('answered once, the request stays answered', async () => {
  await main.goto(`${base}/systembruker/foresporsel/${request.id}`)
  assert.equal(await heading(main), 'Forespørselen er allerede godkjent')
})

await check('a delivery shows up as an unread message of the condominium', async () => {
  dialog = (await vendor.deliver(reference)).dialogId
  await actFor(main, condominium)
  const line = main.locator('.item', { has: main.locator(`a[href="/innboks/dialog/${dialog}"]`) })
  assert.match(await line.innerText(), /Ulest/)
  assert.match(await line.innerText(), /Fra Skatteetaten/)
})
await looks(main, 'inbox')

await check('she opens it and reads the agency\'s answer', async () => {
  await main.locator(`a[href="/innboks/dialog/${dialog}"]`).click()
  await until(main, 'Godkjent')
  assert.ok((await main.locator('[data-transmission]').count()) >= 2)
})
await looks(main, 'message')

await check('receipt and feedback can be fetched', async () => {
  const files = await main.locator('.files a').evaluateAll((links) => links.map((link) => link.href))
  assert.ok(files.length >= 2, `${files.length} files`)
  for (const file of files) {
    const answer = await main.request.get(file)
    assert.equal(answer.status(), 200, file)
    assert.ok((await answer.body()).length > 100)
  }
})

await main.goto(await main.locator('.files a', { hasText: 'Kvittering' }).first().getAttribute('href'))
await looks(main, 'receipt')
await main.goBack()

await check('the activity log names her', async () => {
  await link(main, 'Se aktivitetsloggen').click()
  assert.equal(await heading(main), 'Aktivitetslogg')
  assert.match(await main.locator('.log').innerText(), /Kari Nordli \(deg\)/)
})
await looks(main, 'log')

await check('read now; unread again by a button; archived and taken back', async () => {
  const line = () => main.locator('.item', { has: main.locator(`a[href="/innboks/dialog/${dialog}"]`) })
  await main.goto(`${base}/innboks`)
  assert.doesNotMatch(await line().innerText(), /Ulest/)
  await main.goto(`${base}/innboks/dialog/${dialog}`)
  await button(main, 'Merk som ulest').click()
  assert.match(await line().innerText(), /Ulest/)
  await main.goto(`${base}/innboks/dialog/${dialog}`)
  await button(main, 'Flytt til arkivet').click()
  assert.equal(await line().count(), 0)
  await main.goto(`${base}/innboks/arkiv`)
  assert.equal(await line().count(), 1)
  await line().getByRole('link').click()
  await button(main, 'Flytt til innboksen').click()
  assert.equal(await line().count(), 1)
})

await check('search finds and says when it does not', async () => {
  await main.goto(`${base}/innboks?sok=boligsameie`)
  assert.ok((await main.locator('.item').count()) > 0)
  await main.goto(`${base}/innboks?sok=finnesikke`)
  assert.match(await main.locator('.empty').innerText(), /Ingen treff/)
})
await looks(main, 'search-empty')

await check('the three languages, and back to bokmål', async () => {
  await main.goto(`${base}/innboks/utkast`)
  for (const [name, tag, title] of [['Nynorsk', 'nn', 'Utkast for'], ['English', 'en', 'Drafts of'], ['Bokmål', 'nb', 'Utkast for']]) {
    await link(main, name).click()
    assert.equal(await main.locator('html').getAttribute('lang'), tag)
    assert.ok((await heading(main)).startsWith(title))
    assert.equal(new URL(main.url()).pathname, '/innboks/utkast')
  }
})

await check('keys move through the list and can be switched off', async () => {
  await main.goto(`${base}/innboks`)
  await main.keyboard.press('j')
  assert.equal(await main.evaluate(() => document.activeElement?.matches('a[data-item]')), true)
  await main.keyboard.press('g')
  await Promise.all([main.waitForURL('**/tilgang/systembrukere'), main.keyboard.press('t')])
  await main.goto(`${base}/hjelp`)
  await button(main, 'Slå hurtigtastene av').click()
  await main.goto(`${base}/innboks`)
  await main.keyboard.press('j')
  assert.equal(await main.evaluate(() => document.activeElement?.matches('a[data-item]')), false)
})
for (const [path, name] of [['hjelp', 'help'], ['tilgjengelighet', 'accessibility'], ['personvern', 'privacy'], ['aktor', 'actor'], ['finnes/ikke', 'missing']]) {
  if (name === 'missing') await main.goto(`${base}/innboks/dialog/${randomUUID()}`)
  else await main.goto(`${base}/${path}`)
  await looks(main, name)
}

await check('she sees the system user and what it may do', async () => {
  await main.goto(`${base}/tilgang/systembrukere`)
  await main.locator(`a[href="/tilgang/systembrukere/${request.id}"]`).click()
  assert.match(await main.locator('main').innerText(), /Tilgangspakke/)
})
await looks(main, 'system-user')
await main.goto(`${base}/tilgang/systembrukere`)
await looks(main, 'system-users')

await check('she removes it after a question; the vendor gets no token any more', async () => {
  await main.goto(`${base}/tilgang/systembrukere/${request.id}`)
  await link(main, 'Fjern systembrukeren').click()
  assert.match(await heading(main), /^Fjerne systembrukeren/)
})
await looks(main, 'revoke')
await check('removed at once', async () => {
  await button(main, 'Ja, fjern den').click()
  assert.equal(await heading(main), 'Systembrukeren er fjernet')
  await assert.rejects(vendor.token('skatteetaten:innrapporteringboligsameie', reference), /invalid_altinn_customer_configuration/)
})
await looks(main, 'revoked')

await check('log out leads to the start page and ends the session', async () => {
  await link(main, 'Logg ut').click()
  await main.waitForURL(`${base}/`)
  assert.equal(await heading(main), 'Velkommen til Allting')
  await main.goto(`${base}/innboks`)
  assert.match(main.url(), /\/idporten\//)
})

const byHand = await person()
await check('the login by hand: choice of eID, person and level', async () => {
  const asked = await vendor.ask(`${reference}-hand`)
  await byHand.goto(new URL(asked.confirmUrl, base).href)
  assert.match(await byHand.locator('h1').innerText(), /./)
  assert.match(await byHand.content(), /BankID/)
})
await looks(byHand, 'login-eid')
await check('BankID, then Kari Nordli', async () => {
  await byHand.locator('a.choice', { hasText: /^BankID(?! på)/ }).first().click()
  await byHand.locator('input[name="q"]').fill(kari)
  await byHand.locator('button[formaction="person"]').click()
})
await looks(byHand, 'login-person')
await check('and back to the decision', async () => {
  await byHand.locator(`button[name="pid"][value="${kari}"]`).first().click()
  assert.match(await heading(byHand), /fullmakt for/)
})

await check('a request that waits stands under access, too', async () => {
  const here = byHand.url()
  await actFor(byHand, condominium)
  await byHand.goto(`${base}/tilgang/systembrukere`)
  await byHand.locator(`a[href="${new URL(here).pathname}"]`).click()
  assert.equal(byHand.url(), here)
  await byHand.goto(`${base}/tilgang/systembrukere`)
})
await looks(byHand, 'requests-waiting')
await byHand.goBack()

await check('by keyboard alone: she finds the button and rejects', async () => {
  const before = new URL(byHand.url()).pathname.split('/').pop()
  await byHand.reload()
  await byHand.keyboard.press('Tab')
  assert.equal(await byHand.evaluate(() => document.activeElement?.getAttribute('href')), '#innhold')
  await byHand.keyboard.press('Enter')
  const seen = []
  for (let step = 0; step < 25; step += 1) {
    await byHand.keyboard.press('Tab')
    const focused = await byHand.evaluate(() => {
      const style = getComputedStyle(document.activeElement)
      return { text: document.activeElement.textContent.trim(), ring: style.outlineStyle !== 'none' || style.boxShadow !== 'none' }
    })
    assert.ok(focused.ring, `no focus ring on ${focused.text}`)
    seen.push(focused.text)
    if (focused.text === 'Avvis') break
  }
  assert.deepEqual(seen.slice(-2), ['Gi fullmakt', 'Avvis'])
  await byHand.keyboard.press('Enter')
  await byHand.waitForURL(/svar=avvis/)
  assert.equal(await heading(byHand), 'Forespørselen er avvist')
  assert.equal(await vendor.status(before), 'Rejected')
})
await looks(byHand, 'rejection-receipt')

const citizen = await person()
await check('one without a role is told why and whom to ask', async () => {
  const asked = await vendor.ask(`${reference}-citizen`)
  await oneClick(citizen, 'Amir Hussain')
  const answer = await citizen.goto(`${base}/systembruker/foresporsel/${asked.id}`)
  assert.equal(answer.status(), 403)
  assert.match(await citizen.locator('main').innerText(), /Spør daglig leder/)
})
await looks(citizen, 'forbidden')

const accountant = await person()
await check('more than 900 clients: fifty shown, the rest by search', async () => {
  await oneClick(accountant, 'Ola Tveit')
  await accountant.goto(`${base}/aktor`)
  assert.match(await accountant.locator('p[role="status"]').innerText(), /Viser de 50 første av \d{3,}/)
})
await looks(accountant, 'actor-many')
await check('the search by number finds one', async () => {
  await accountant.locator('#sok').fill('310200301')
  await accountant.keyboard.press('Enter')
  await accountant.waitForURL(/sok=310200301/)
  await accountant.locator('#andre ~ form .parties button').first().click()
  await accountant.waitForURL(`${base}/innboks`)
})

// The operators' pages, with a message that nobody can handle.
const operator = await person()
await check('the operators\' first page tells how everything is doing', async () => {
  await operator.goto(`${base}/drift`)
  assert.equal(await heading(operator), 'Drift')
  assert.ok(await operator.locator('[data-queue="events.outbound"]').count())
})
await looks(operator, 'operations')
await check('the list of jobs says that nothing is given up', async () => {
  await link(operator, 'Jobber').first().click()
  assert.match(await operator.locator('.empty').innerText(), /Ingen jobb er oppgitt/)
})
await looks(operator, 'operations-jobs')
await check('the log: by action, to the decision that let it happen, and back', async () => {
  await link(operator, 'Logg').click()
  assert.equal(await heading(operator), 'Hvem gjorde hva')
  await operator.getByLabel('Handling').selectOption('filing.receive')
  await button(operator, 'Vis utvalget').click()
  const entry = operator.locator('[data-entry]', { hasText: 'filing.receive' }).first()
  await entry.locator('a[href*="/avgjorelse/"]').click()
  assert.equal(await heading(operator), 'Avgjørelse')
  assert.match(await operator.locator('main').innerText(), /Tillatt \(Permit\)/)
})
await looks(operator, 'operations-decision')
await operator.locator('[data-entry] a[href*="trace="]').first().click()
await looks(operator, 'operations-log')
await operator.goto(`${base}/drift/logg?since=nylig`)
await looks(operator, 'operations-log-fault')
await check('a look-up of a person is named with who looked, without the number', async () => {
  const query = 'env=tt02&scopes=altinn:register/partylookup.admin&org=skd&orgNo=974761076'
  const basic = `Basic ${Buffer.from('allting:allting').toString('base64')}`
  const token = await (await operator.request.get(`${base}/api/GetEnterpriseToken?${query}`, { headers: { authorization: basic } })).text()
  const found = await operator.request.post(`${base}/register/api/v1/parties/lookup`, { headers: { authorization: `Bearer ${token}` }, data: { ssn: kari } })
  assert.equal(found.status(), 200)
  await operator.goto(`${base}/drift/logg/oppslag`)
  const text = await operator.locator('[data-entry]').first().innerText()
  assert.ok(text.includes('974761076') && !text.includes(kari), text)
})
await looks(operator, 'operations-lookups')

const plain = await person({ javaScriptEnabled: false })
await check('without JavaScript: log in, approve, read, archive, remove', async () => {
  const asked = await vendor.ask(`${reference}-plain`)
  await oneClick(plain, 'Kari Nordli')
  await actFor(plain, condominium)
  await plain.goto(new URL(asked.confirmUrl, base).href)
  await button(plain, 'Gi fullmakt').click()
  assert.equal(await heading(plain), 'Fullmakten er gitt')
  const filed = await vendor.deliver(`${reference}-plain`)
  await plain.goto(`${base}/innboks`)
  await plain.locator(`a[href="/innboks/dialog/${filed.dialogId}"]`).click()
  await button(plain, 'Flytt til arkivet').click()
  await plain.goto(`${base}/innboks/arkiv`)
  assert.equal(await plain.locator(`a[href="/innboks/dialog/${filed.dialogId}"]`).count(), 1)
  await plain.goto(`${base}/tilgang/systembrukere/${asked.id}/fjern`)
  await button(plain, 'Ja, fjern den').click()
  assert.equal(await heading(plain), 'Systembrukeren er fjernet')
})

await check('the sandbox: a fault set and taken away by click, named in the bar and in the answer', async () => {
  await plain.goto(`${base}/sandkasse`)
  assert.equal(await heading(plain), 'Sandkassen')
  await plain.goto(`${base}/sandkasse/feil`)
  await button(plain, 'Slå på: maskinporten-nede').click()
  assert.match(await plain.locator('.sandbox').innerText(), /Bestilte feil: maskinporten-nede/)
  const answer = await plain.request.post(`${base}/token`)
  assert.deepEqual([answer.status(), answer.headers()['allting-fault']], [503, 'maskinporten-nede'])
})
await main.goto(`${base}/sandkasse/feil`)
await looks(main, 'sandbox-faults')
await check('all faults are off after one click, by keyboard', async () => {
  await button(main, 'Slå av alle').focus()
  await main.keyboard.press('Enter')
  await main.locator('p[role="status"]', { hasText: 'Ingen feil er slått på' }).waitFor()
})
await main.goto(`${base}/sandkasse`)
await looks(main, 'sandbox')
await main.goto(`${base}/sandkasse/epost`)
await looks(main, 'sandbox-mail')
await check('a snapshot is taken by its page, with keyboard alone', async () => {
  await main.goto(`${base}/sandkasse/kopier`)
  await main.getByLabel('Navn på kopien').focus()
  await main.keyboard.type('for-proven')
  await main.keyboard.press('Enter')
  await main.locator('p[role="status"]', { hasText: 'Kopien er tatt.' }).waitFor()
})
await looks(main, 'sandbox-snapshots')
await button(main, 'Slett: for-proven').click()

await check('budgets: page 50 KB, style 40 KB and script 25 KB compressed', async () => {
  const size = async (path) => (await (await plain.request.get(new URL(path, base).href)).body())
  await oneClick(main, 'Kari Nordli')
  const page = await (await main.request.get(`${base}/innboks`)).text()
  const style = gzipSync(await size(page.match(/href="(\/assets\/[^"]+)"/)[1])).length
  const script = gzipSync(await size(page.match(/src="(\/assets\/[^"]+)"/)[1])).length
  console.log(`     inbox ${page.length} bytes, style ${style} and script ${script} compressed`)
  assert.ok(page.length <= 50_000 && style <= 40_000 && script <= 25_000)
})

await check('nothing was fetched from elsewhere, and no script failed', async () => {
  assert.deepEqual([main, byHand, citizen, accountant, operator, plain].flatMap((page) => page.strays), [])
})

await browser.close()
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
