// Makes dist/portal.css and dist/portal.js: the theme, the components that the pages use, and our own layer.
// Prints what each weighs on the wire and fails above the budget.
import { transform } from 'lightningcss'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'

// Debian's Node has no import.meta.dirname.
const here = fileURLToPath(new URL('.', import.meta.url))
const packageRoot = (name) => join(here, 'node_modules', ...name.split('/'))
const components = [
  'base', 'alert', 'breadcrumbs', 'button', 'field', 'heading', 'input', 'label', 'link', 'paragraph',
  'skip-link', 'table', 'tag',
]

const read = (...path) => readFileSync(join(...path), 'utf8').replace('@charset "UTF-8";', '')
const design = packageRoot('@digdir/designsystemet-css')
const layered = components.map((name) => {
  const source = read(design, 'dist', 'src', `${name}.css`)
  return source.includes('@layer ds.') ? source : `@layer ds.components{${source}}`
})
const css = [
  '@layer ds.theme, ds.base, ds.components, allting;',
  read(packageRoot('@digdir/designsystemet-theme'), 'brand', 'altinn.css'),
  ...layered,
  read(here, 'src', 'portal.css'),
].join('\n')

const budgets = { 'portal.css': 40, 'portal.js': 25 }
const made = {
  'portal.css': transform({ filename: 'portal.css', code: Buffer.from(css), minify: true }).code,
  'portal.js': Buffer.from(read(here, 'src', 'portal.js')),
}
mkdirSync(join(here, 'dist'), { recursive: true })
for (const [name, content] of Object.entries(made)) {
  const kilobytes = gzipSync(content, { level: 9 }).length / 1024
  if (kilobytes > budgets[name]) throw new Error(`${name} is ${kilobytes.toFixed(1)} KB compressed, budget ${budgets[name]}`)
  writeFileSync(join(here, 'dist', name), content)
  console.log(`${name}: ${kilobytes.toFixed(1)} KB compressed`)
}
