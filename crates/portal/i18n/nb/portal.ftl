# Ramme
site = Allting
skip = Hopp til hovedinnhold
language = Språk
log-out = Logg ut
log-in = Logg inn
sections = Hovedmeny
section-inbox = Innboks
section-access = Tilganger
acting-for = Du opptrer for
change-actor = Bytt
trail = Du er her
trail-start = Forside
sandbox = Sandkasse { $environment }: alt er oppdiktet.
business-time = Klokken her: { $time }
footer = Bunnmeny
help = Hjelp
accessibility = Tilgjengelighet
privacy = Personvern og informasjonskapsler
about-site = Allting er en fri plattform for digitale tjenester og hører ikke til det offentlige.

# Forside
start-title = Velkommen til Allting
start-lead = Her leser du meldinger fra det offentlige og bestemmer hvem som får opptre på vegne av deg og virksomhetene dine.
start-personas = Logg inn som en testperson
start-personas-lead = Velg en person. Du blir logget inn med ett klikk, uten passord.
start-for = Opptrer for { $names }
start-other = Logg inn med ID-porten
start-other-lead = Velg selv eID, sikkerhetsnivå og person. Slik ser innloggingen ut for dem som bruker tjenesten.

# Innboks
view-inbox = Innboks
view-drafts = Utkast
view-sent = Sendt
view-archive = Arkiv
view-bin = Papirkurv
views = Mapper
inbox-of = { $view } for { $name }
inbox-count = { $count ->
    [0] Ingen uleste meldinger.
    [one] Én ulest melding.
   *[other] { $count } uleste meldinger.
 }
inbox-count-many = Over { $count } uleste meldinger.
inbox-search = Søk i meldingene (minst tre tegn)
search = Søk
search-clear = Fjern søket
search-found = Treff på «{ $text }» i alle mapper
list-name = Meldinger
unread = Ulest
from = Fra { $sender }
files = { $count ->
    [one] 1 vedlegg
   *[other] { $count } vedlegg
 }
due = Frist { $date }
show-more = Vis flere
to-first = Til de nyeste
empty-inbox = Ingen meldinger i innboksen
empty-inbox-why = { $name } har ikke fått noe her ennå. Nye meldinger vises her, og du får beskjed på e-post eller SMS.
empty-other = Leter du etter meldinger til en virksomhet? Bytt hvem du opptrer for.
empty-folder = Her er det tomt
empty-drafts-why = Skjemaer som er påbegynt, men ikke sendt inn, legges her.
empty-sent-why = Det som { $name } har sendt inn, legges her.
empty-archive-why = Meldinger som du flytter til arkivet, legges her. Ingenting arkiveres av seg selv.
empty-bin-why = Meldinger som du legger i papirkurven, kan hentes tilbake herfra.
empty-search = Ingen treff
empty-search-why = Prøv færre eller andre ord. Søket leter i alle mapper.
status-in-progress = Under arbeid
status-draft = Utkast
status-awaiting = Venter på svar
status-requires-attention = Krever handling
status-completed = Avsluttet

# Dialog
dialog-untitled = Melding uten tittel
dialog-to = Til
dialog-service = Tjeneste
dialog-reference = Avsenders referanse
dialog-facts = Om meldingen
dialog-files = Vedlegg
dialog-actions = Det du kan gjøre
dialog-sendings = Innhold
dialog-no-sendings = Meldingen har ikke mer innhold.
dialog-log = Se aktivitetsloggen
dialog-hidden = Du har ikke tilgang til innholdet i denne delen.
file-closed = { $name } (kan ikke åpnes: utløpt eller uten tilgang)
file-open = Åpne
file-download = Last ned
move-archive = Flytt til arkivet
move-bin = Legg i papirkurven
move-inbox = Flytt til innboksen
mark-unread = Merk som ulest
moves = Flytt eller merk
kind-information = Informasjon
kind-acceptance = Godkjent
kind-rejection = Avvist
kind-request = Forespørsel
kind-alert = Varsel
kind-decision = Vedtak
kind-submission = Innsending
kind-correction = Rettelse
kind-other = Melding
sending-from = Fra { $sender }, { $time }

# Aktivitetslogg
log-title = Aktivitetslogg
log-lead = Alt som er gjort i denne meldingen, det nyeste først.
log-empty = Ingenting er registrert ennå.
log-you = { $name } (deg)
log-dialog-created = { $who } opprettet meldingen.
log-dialog-closed = { $who } avsluttet meldingen.
log-information = { $who } ga en opplysning.
log-transmission-opened = { $who } åpnet en del av innholdet.
log-payment-made = { $who } betalte.
log-signature-provided = { $who } signerte.
log-dialog-opened = { $who } åpnet meldingen.
log-dialog-deleted = { $who } slettet meldingen.
log-dialog-restored = { $who } hentet meldingen tilbake.
log-sent-to-signing = { $who } sendte til signering.
log-sent-to-form-fill = { $who } sendte til utfylling.
log-sent-to-send-in = { $who } sendte til innsending.
log-sent-to-payment = { $who } sendte til betaling.
log-form-submitted = { $who } sendte inn.
log-form-saved = { $who } lagret skjemaet.
log-correspondence-opened = { $who } åpnet brevet.
log-correspondence-confirmed = { $who } bekreftet brevet.
log-activity = { $who } gjorde noe i meldingen.
log-transmission = { $who } sendte: { $kind }.
log-seen = { $who } så meldingen.
log-to-bin = { $who } la meldingen i papirkurven.
log-to-archive = { $who } flyttet meldingen til arkivet.
log-to-inbox = { $who } flyttet meldingen til innboksen.
log-unread = { $who } merket meldingen som ulest.
log-from-bin = { $who } tok meldingen ut av papirkurven.
log-from-archive = { $who } tok meldingen ut av arkivet.
log-from-inbox = { $who } flyttet meldingen ut av innboksen.
log-read = { $who } merket meldingen som lest.

# Aktør
actor-title = Hvem vil du opptre for?
actor-lead = Det du velger, gjelder til du bytter eller logger ut. Du ser bare dem du har fullmakt for.
actor-search = Søk etter navn eller organisasjonsnummer
actor-yourself = Deg selv
actor-others = Andre
actor-chosen = Valgt nå
actor-count = { $count ->
    [one] Én virksomhet eller person
   *[other] { $count } virksomheter og personer
 }
actor-cut = Viser de { $shown } første av { $count }. Søk for å finne flere.
actor-none-found = Ingen treff. Du kan søke på en del av navnet eller på organisasjonsnummeret.
actor-alone = Du kan ikke opptre for noen andre. Mangler du en virksomhet, må daglig leder, styreleder eller en tilgangsstyrer der gi deg fullmakt.
org-no = Org.nr. { $number }
sub-unit = Underenhet
person = Privatperson
units-of = Underenheter av { $name }

# Forespørsel om systembruker
request-title = Gi { $system } fullmakt for { $party }?
request-lead = { $vendor } ber om at systemet { $system } får utføre oppgaver digitalt for { $party }. Systemet får en egen bruker, en systembruker.
request-who = Hvem får fullmakt
request-who-value = { $system } fra { $vendor }
request-for = På vegne av
request-what = Til hva
request-until = Hvor lenge
request-until-value = Til du fjerner den. Fullmakten går ikke ut av seg selv.
request-undo = Slik angrer du
request-undo-value = Gå til Tilganger og fjern systembrukeren. Da stanser tilgangen med en gang.
request-when = Spurt
request-agent = Dette er en systembruker for kundene til { $party }. Den får ingen tilgang før du knytter kunder til den.
request-package = Tilgangspakke: { $name }
request-service = { $name } ({ $owner })
request-nothing = Ingenting ennå
approve = Gi fullmakt
reject = Avvis
escalate = Send videre til en som kan godkjenne
request-escalate-why = Du kan se forespørselen, men ikke godkjenne den. Det kan daglig leder, styreleder eller en tilgangsstyrer i { $party }.
request-escalated = Forespørselen er sendt videre. Den som kan godkjenne, finner den under Tilganger.
request-late = Forespørselen er gammel, men kan fortsatt besvares. Sjekk med { $vendor } at den fortsatt gjelder.
request-approved = Fullmakten er gitt
request-approved-words = { $system } kan fra nå av utføre oppgavene for { $party }.
request-rejected = Forespørselen er avvist
request-rejected-words = { $system } har ikke fått noen fullmakt for { $party }.
request-already-approved = Forespørselen er allerede godkjent
request-already-rejected = Forespørselen er allerede avvist
request-closed = Forespørselen er lukket
request-closed-words = Den kan ikke besvares lenger. Be { $vendor } om å sende en ny.
receipt = Kvittering
next-title = Hva skjer nå
next-approved = { $vendor } får beskjed og kan ta systemet i bruk. Du kan når som helst fjerne fullmakten.
next-rejected = { $vendor } får beskjed. De kan spørre på nytt hvis du vil ombestemme deg.
to-system-user = Se systembrukeren
to-vendor = Tilbake til { $vendor } (du blir logget ut)
refused-title = Fullmakten kunne ikke gis
refused-help = Ingenting er endret. Du kan gå tilbake og prøve igjen, eller avvise forespørselen.
refused-answered = Noen har allerede svart på forespørselen.
refused-exists = { $party } har allerede en systembruker for dette systemet med samme referanse. Fjern den først, eller be leverandøren bruke den som finnes.
refused-manager = Bare daglig leder, styreleder eller en tilgangsstyrer kan gi bort fullmakter for { $party }. Spør en av dem.
refused-role = Du kan bare gi bort det du selv har. Du mangler rollen eller tilgangspakken som gir denne tilgangen. Spør daglig leder eller styreleder i { $party }.
refused-service = Tjenesteeieren tillater ikke at denne tilgangen gis videre. Be leverandøren om å endre forespørselen.
refused-list = { $party } står ikke på listen over virksomheter som får bruke tjenesten. Spør tjenesteeieren.
refused-level = Du må logge inn på et høyere sikkerhetsnivå for å gi denne fullmakten.
refused-other = Forespørselen kan ikke godkjennes slik den er. Be leverandøren om å sende en ny, og oppgi koden { $code }.

# Systembrukere
system-users-title = Systembrukere
system-users-lead = Datasystemer som { $name } har gitt fullmakt til. De opptrer uten at et menneske er logget inn.
system-users-empty = Ingen systembrukere
system-users-empty-why = { $name } har ikke gitt noe datasystem fullmakt. Når en leverandør ber om det, får du en lenke til en side der du godkjenner eller avviser.
requests-waiting = Forespørsler som venter på svar
system-users-active = Har fullmakt nå
system-user-title = Systembrukeren { $name }
system-user-owner = Opptrer for
system-user-vendor = Leverandør
system-user-system = System
system-user-reference = Leverandørens referanse
system-user-made = Opprettet
system-user-id = Id
system-user-rights = Fullmakter
system-user-no-rights = Systembrukeren har ingen fullmakter.
system-user-action = handling: { $action }
revoke = Fjern systembrukeren
revoke-title = Fjerne systembrukeren { $name }?
revoke-words = { $system } fra { $vendor } mister med en gang all tilgang til { $party }. Innsendinger som er gjort, påvirkes ikke.
revoke-undo = Du kan ikke angre. Leverandøren må i så fall be om fullmakt på nytt, og du må godkjenne.
revoke-yes = Ja, fjern den
revoke-no = Nei, behold den
revoked-title = Systembrukeren er fjernet
revoked-words = { $name } har ikke lenger noen tilgang.
revoked-next = Hvis leverandøren fortsatt trenger tilgang, må de sende en ny forespørsel.
to-list = Til systembrukerne

# Når noe ikke går
missing-title = Vi finner ikke siden
missing-words = Lenken kan være feil, eller innholdet kan være fjernet.
missing-help = Sjekk adressen, eller begynn fra innboksen.
gone-title = Meldingen er slettet
gone-words = Avsenderen eller mottakeren har slettet meldingen. Den kan ikke åpnes lenger.
forbidden-title = Du har ikke tilgang
forbidden-words = Du har ikke fullmakt til å se eller gjøre dette.
forbidden-help = Spør daglig leder, styreleder eller en tilgangsstyrer i virksomheten om fullmakt. Opptrer du for riktig virksomhet?
level-title = Du må logge inn på et høyere nivå
level-words = Dette krever sikkerhetsnivå { $level }. Du er logget inn på nivå { $own }.
level-help = Logg inn på nytt med BankID, Buypass eller Commfides.
level-button = Logg inn på høyere nivå
form-title = Skjemaet er utløpt
form-words = Av sikkerhetsgrunner kunne vi ikke ta imot det du sendte. Ingenting er endret.
form-help = Gå tilbake, last siden på nytt og prøv igjen.
to-inbox = Til innboksen
to-actor = Bytt hvem du opptrer for

# Om tjenesten
help-title = Hjelp
help-lead = Kort om hva du kan gjøre her, og hvem som hjelper deg videre.
help-inbox = Meldinger
help-inbox-words = Innboksen viser meldinger til den du opptrer for. Ser du ikke det du venter, har du kanskje valgt feil aktør. Spørsmål om innholdet går til avsenderen.
help-access = Fullmakter
help-access-words = En fullmakt er en tillatelse til å gjøre noe for en annen. En systembruker er et datasystem med fullmakt. Daglig leder, styreleder og tilgangsstyrere kan gi og fjerne fullmakter for en virksomhet.
help-keys = Hurtigtaster
help-keys-words = Tastene virker når du ikke står i et felt.
keys-on = Slå hurtigtastene på
keys-off = Slå hurtigtastene av
key-search = Gå til søkefeltet
key-inbox = Gå til innboksen
key-access = Gå til tilganger
key-move = Neste og forrige melding
key-archive = Flytt til arkivet
key-bin = Legg i papirkurven
key-unread = Merk som ulest
key-help = Vis denne listen
accessibility-title = Tilgjengelighet
accessibility-lead = Alle skal kunne bruke tjenesten, også med skjermleser, bare tastatur, forstørrelse eller uten JavaScript.
accessibility-done = Slik er den laget
accessibility-done-words = Sidene følger WCAG 2.2 på nivå AA så langt vi har kunnet teste: automatisk med axe i lys og mørk visning, på mobil og stor skjerm, og med bare tastatur. De er ikke prøvd av brukere med nedsatt funksjonsevne ennå.
accessibility-known = Kjente mangler
accessibility-known-words = Dokumenter og tekst fra avsendere kan mangle struktur. Kvitteringer fra etater vises på språket de ble skrevet på.
accessibility-tell = Si fra
accessibility-tell-words = Finner du noe som ikke virker for deg, meld det der du fikk programvaren fra, eller til den som drifter tjenesten.
privacy-title = Personvern og informasjonskapsler
privacy-lead = Vi lagrer det som trengs for å vise meldinger og fullmakter, og ikke noe mer. Ingen opplysninger sendes til andre for statistikk eller reklame.
privacy-stored = Dette lagres
privacy-stored-words = Meldinger, hvem som har åpnet dem og når, fullmakter som er gitt og fjernet, og tidspunkt for innlogging. Fødselsnummer skrives ikke i logger. De vises i adresselinjen bare i sandkassen, der alle numre er oppdiktet.
privacy-cookies = Informasjonskapsler
privacy-cookies-words = Alle er nødvendige. Vi bruker ingen til sporing.
cookie-session = Holder deg innlogget
cookie-party = Husker hvem du opptrer for
cookie-csrf = Hindrer at andre nettsteder sender skjemaer i ditt navn
cookie-language = Husker språket du har valgt
cookie-login = Knytter innloggingen til nettleseren din
cookie-until-out = Til du logger ut eller lukker nettleseren
cookie-year = Ett år
