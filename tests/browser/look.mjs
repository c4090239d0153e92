// Looks at a page as people do: on a phone and a large screen, light and dark, enlarged; with axe and a screenshot of each.
import { fileURLToPath } from 'node:url'
import { createRequire } from 'node:module'
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const screens = fileURLToPath(new URL('../../target/screens', import.meta.url))
mkdirSync(screens, { recursive: true })

const sizes = { phone: { width: 360, height: 740 }, desktop: { width: 1280, height: 900 } }
const rules = { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }

/** Faults of the page in every appearance, each in one line. */
export async function faults(page, name) {
  const found = []
  for (const [size, viewport] of Object.entries(sizes)) {
    for (const colorScheme of ['light', 'dark']) {
      await page.setViewportSize(viewport)
      await page.emulateMedia({ colorScheme })
      const result = await page.evaluate(`${axe}; axe.run(document, ${JSON.stringify(rules)})`)
      for (const violation of result.violations) {
        const where = violation.nodes.map((node) => `${node.target} ${node.failureSummary.split('\n')[1] ?? ''}`).slice(0, 3)
        found.push(`${size} ${colorScheme}: ${violation.id}: ${where.join(' | ')}`)
      }
      found.push(...(await overflow(page, `${size} ${colorScheme}`)))
      await page.screenshot({ path: join(screens, `${name}-${size}-${colorScheme}.png`), fullPage: true })
    }
  }
  // 400 % on a screen 1280 wide.
  await page.setViewportSize({ width: 320, height: 256 })
  found.push(...(await overflow(page, 'enlarged four times')))
  await page.setViewportSize(sizes.desktop)
  await page.emulateMedia({ colorScheme: 'light' })
  return found
}

async function overflow(page, when) {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
  return wide > 0 ? [`${when}: the page is ${wide} px wider than the screen`] : []
}
