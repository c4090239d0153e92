section-start = Oversikt
section-jobs = Jobbar
reader = Drift: { $name }
start-title = Drift
health-ok = Alt er i orden.
health-degraded = Noko treng tilsyn: ein kø heng etter, ein jobb er oppgitt, eller ei tidsstyrt oppgåve feila sist.
version = Versjon
environment = Miljø
database = Database
queues = Køar
queue = Kø
open = Opne
running = I arbeid
dead = Oppgitt
lag = Venting
state = Tilstand
seconds = { $seconds } s
queue-ok = I orden
queue-degraded = Treng tilsyn
timers = Tidsstyrte oppgåver
timer = Oppgåve
timers-none = Inga oppgåve har køyrt enno.
last-run = Sist køyrt
next-run = Neste gong
outcome = Utfall
node = Node
timer-never = Ikkje køyrt enno
timer-ok = Gjekk bra
timer-failed = Feila: { $error }
nodes = Nodar med jobbar i arbeid
nodes-none = Ingen node har jobbar i arbeid no.
node-until = Den siste leiga går ut { $time }.
links = Meir
link-details = Det same som JSON
link-metrics = Måltal for Prometheus
jobs-title = Jobbar
jobs-lead = Ein jobb er arbeid som er lova bort når noko er lagra: eit svar, eit varsel, ei hending. Ein jobb som er oppgitt, blir liggjande til nokon prøver han igjen eller forkastar han.
views = Utval
view-dead = Oppgitt
view-open = Opne
of-queue = Berre køen { $queue }.
all-queues = Vis alle køar
jobs-none = Her er det tomt
jobs-none-dead = Ingen jobb er oppgitt.
jobs-none-open = Ingen jobb ventar eller er i arbeid.
put-at = Lagt inn { $time }
more = Vis fleire
whole-queue = Heile køen
whole-queue-words = Gjeld alle oppgitte jobbar i { $queue }, også dei som ikkje er viste på sida.
retry-all = Prøv alle igjen
drop-all = Forkast alle
reason = Grunngiving
reason-hint = Blir lagra saman med namnet ditt. Ikkje skriv fødselsnummer.
changes = Siste inngrep
changes-none = Ingen har gripe inn enno.
change-retry = { $operator } prøvde igjen: { $what } ({ $queue }).
change-drop = { $operator } forkasta: { $what } ({ $queue }).
change-reason = Grunngiving: { $reason }
state-dead = oppgitt
state-waiting = ventar
state-running = i arbeid
topic = Emne
key = Nøkkel
put = Lagt inn
attempts = Forsøk
died = Oppgitt
retry-at = Blir prøvd tidlegast
last-error = Siste feil
payload = Innhald
payload-words = Fødselsnummer, nøklar og løyndomar er skjulte.
job-title = Jobben { $topic }
job-actions = Det du kan gjere
retry-words = Jobben blir prøvd straks, og får alle forsøka sine på nytt om han er oppgitt. Han går føre yngre jobbar med same nøkkel.
drop-words = Jobben blir teken bort for godt. Det som han skulle gjere, blir ikkje gjort.
retry = Prøv igjen
drop = Forkast
to-jobs = Til jobbane
unknown-title = Vi finn ikkje jobben
unknown-words = Han er utført, eller nokon har forkasta han.
running-title = Jobben er i arbeid
running-words = Ein node held på med han no. Vent til han er ferdig, eller til leiga går ut.
reason-title = Grunngiving manglar
reason-words = Skriv kvifor jobben blir forkasta, i høgst 500 teikn. Ingenting er endra.
place-title = Vi finn ikkje staden i lista
place-words = Lenkja høyrer til ei anna liste. Byrj på nytt.
form-title = Skjemaet kunne ikkje takast imot
form-words = Det er gått ut eller ikkje fylt ut. Ingenting er endra. Gå tilbake, last sida på nytt og prøv igjen.
node-leases = { $count ->
    [one] Éin jobb i arbeid.
   *[other] { $count } jobbar i arbeid.
 }
tries = { $count ->
    [one] Eitt forsøk
   *[other] { $count } forsøk
 }
done-retry = { $count ->
    [one] Éin jobb blir prøvd igjen.
   *[other] { $count } jobbar blir prøvde igjen.
 }
done-drop = { $count ->
    [one] Éin jobb er forkasta.
   *[other] { $count } jobbar er forkasta.
 }
