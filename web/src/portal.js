// Shortcuts for those who work by keyboard. Every page works without them; they act outside fields only and can be
// switched off on the help page.
const STORE = 'allting_shortcuts'
const enabled = () => localStorage.getItem(STORE) !== 'off'
const first = (selector) => document.querySelector(selector)

function move(step) {
  const links = [...document.querySelectorAll('[data-list] a[data-item]')]
  if (links.length === 0) return
  const at = links.indexOf(document.activeElement)
  const next = at < 0 ? (step > 0 ? 0 : links.length - 1) : Math.min(links.length - 1, Math.max(0, at + step))
  links[next].focus()
}

const follow = (path) => () => location.assign(path)
const press = (name) => () => first(`[data-key="${name}"]`)?.click()
const keys = {
  '/': () => first('input[type="search"]')?.focus(),
  j: () => move(1),
  k: () => move(-1),
  e: press('archive'),
  '#': press('bin'),
  u: press('unread'),
  '?': follow('/hjelp#taster'),
}
const afterG = { i: follow('/innboks'), t: follow('/tilgang/systembrukere') }

let pending = false
document.addEventListener('keydown', (event) => {
  const field = event.target.closest?.('input, textarea, select, [contenteditable]')
  if (field || event.ctrlKey || event.metaKey || event.altKey || !enabled()) return
  const action = (pending ? afterG : keys)[event.key]
  pending = !pending && event.key === 'g'
  if (action) {
    event.preventDefault()
    action()
  }
})

const toggle = first('[data-shortcuts]')
if (toggle) {
  const show = () => {
    toggle.hidden = false
    toggle.textContent = enabled() ? toggle.dataset.off : toggle.dataset.on
    
  }
  toggle.addEventListener('click', () => {
    localStorage.setItem(STORE, enabled() ? 'off' : 'on')
    show()
  })
  show()
}

// A result or a refusal is read out first.
first('[data-focus]')?.focus()

// A form that has been sent is not sent twice by an impatient click.
document.addEventListener('submit', (event) => {
  if (event.target.dataset.sent) event.preventDefault()
  event.target.dataset.sent = 'yes'
})
addEventListener('pageshow', () => document.querySelectorAll('form[data-sent]').forEach((form) => delete form.dataset.sent))
