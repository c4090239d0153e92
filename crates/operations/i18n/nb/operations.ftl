section-start = Oversikt
section-jobs = Jobber
reader = Drift: { $name }
start-title = Drift
health-ok = Alt er i orden.
health-degraded = Noe trenger tilsyn: en kø henger etter, en jobb er oppgitt, eller en tidsstyrt oppgave feilet sist.
version = Versjon
environment = Miljø
database = Database
queues = Køer
queue = Kø
open = Åpne
running = I arbeid
dead = Oppgitt
lag = Venting
state = Tilstand
seconds = { $seconds } s
queue-ok = I orden
queue-degraded = Trenger tilsyn
timers = Tidsstyrte oppgaver
timer = Oppgave
timers-none = Ingen oppgave har kjørt ennå.
last-run = Sist kjørt
next-run = Neste gang
outcome = Utfall
node = Node
timer-never = Ikke kjørt ennå
timer-ok = Gikk bra
timer-failed = Feilet: { $error }
nodes = Noder med jobber i arbeid
nodes-none = Ingen node har jobber i arbeid nå.
node-until = Den siste leien går ut { $time }.
links = Mer
link-details = Det samme som JSON
link-metrics = Måltall for Prometheus
jobs-title = Jobber
jobs-lead = En jobb er arbeid som er lovet bort når noe er lagret: et svar, et varsel, en hendelse. En jobb som er oppgitt, blir liggende til noen prøver den igjen eller forkaster den.
views = Utvalg
view-dead = Oppgitt
view-open = Åpne
of-queue = Bare køen { $queue }.
all-queues = Vis alle køer
jobs-none = Her er det tomt
jobs-none-dead = Ingen jobb er oppgitt.
jobs-none-open = Ingen jobb venter eller er i arbeid.
put-at = Lagt inn { $time }
more = Vis flere
whole-queue = Hele køen
whole-queue-words = Gjelder alle oppgitte jobber i { $queue }, også dem som ikke vises på siden.
retry-all = Prøv alle igjen
drop-all = Forkast alle
reason = Begrunnelse
reason-hint = Lagres sammen med navnet ditt. Ikke skriv fødselsnummer.
changes = Siste inngrep
changes-none = Ingen har grepet inn ennå.
change-retry = { $operator } prøvde igjen: { $what } ({ $queue }).
change-drop = { $operator } forkastet: { $what } ({ $queue }).
change-reason = Begrunnelse: { $reason }
state-dead = oppgitt
state-waiting = venter
state-running = i arbeid
topic = Emne
key = Nøkkel
put = Lagt inn
attempts = Forsøk
died = Oppgitt
retry-at = Prøves tidligst
last-error = Siste feil
payload = Innhold
payload-words = Fødselsnummer, nøkler og hemmeligheter er skjult.
job-title = Jobben { $topic }
job-actions = Det du kan gjøre
retry-words = Jobben prøves straks, og får alle forsøkene sine på nytt om den er oppgitt. Den går foran yngre jobber med samme nøkkel.
drop-words = Jobben tas bort for godt. Det som den skulle gjøre, blir ikke gjort.
retry = Prøv igjen
drop = Forkast
to-jobs = Til jobbene
unknown-title = Vi finner ikke jobben
unknown-words = Den er utført, eller noen har forkastet den.
running-title = Jobben er i arbeid
running-words = En node holder på med den nå. Vent til den er ferdig, eller til leien går ut.
reason-title = Begrunnelse mangler
reason-words = Skriv hvorfor jobben forkastes, i høyst 500 tegn. Ingenting er endret.
place-title = Vi finner ikke stedet i listen
place-words = Lenken hører til en annen liste. Begynn forfra.
form-title = Skjemaet kunne ikke tas imot
form-words = Det er utløpt eller ikke fylt ut. Ingenting er endret. Gå tilbake, last siden på nytt og prøv igjen.
node-leases = { $count ->
    [one] Én jobb i arbeid.
   *[other] { $count } jobber i arbeid.
 }
tries = { $count ->
    [one] Ett forsøk
   *[other] { $count } forsøk
 }
done-retry = { $count ->
    [one] Én jobb prøves igjen.
   *[other] { $count } jobber prøves igjen.
 }
done-drop = { $count ->
    [one] Én jobb er forkastet.
   *[other] { $count } jobber er forkastet.
 }
