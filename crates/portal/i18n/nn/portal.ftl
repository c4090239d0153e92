# Ramme
site = Allting
skip = Hopp til hovudinnhald
language = Språk
log-out = Logg ut
log-in = Logg inn
sections = Hovudmeny
section-inbox = Innboks
section-access = Tilgangar
acting-for = Du handlar for
change-actor = Byt
trail = Du er her
trail-start = Framside
sandbox = Sandkasse { $environment }: alt er oppdikta.
business-time = Klokka her: { $time }
footer = Botnmeny
help = Hjelp
accessibility = Tilgjenge
privacy = Personvern og informasjonskapslar
about-site = Allting er ei fri plattform for digitale tenester og høyrer ikkje til det offentlege.

# Framside
start-title = Velkomen til Allting
start-lead = Her les du meldingar frå det offentlege og avgjer kven som får handle på vegner av deg og verksemdene dine.
start-personas = Logg inn som ein testperson
start-personas-lead = Vel ein person. Du blir logga inn med eitt klikk, utan passord.
start-for = Handlar for { $names }
start-other = Logg inn med ID-porten
start-other-lead = Vel sjølv eID, tryggingsnivå og person. Slik ser innlogginga ut for dei som bruker tenesta.

# Innboks
view-inbox = Innboks
view-drafts = Utkast
view-sent = Sendt
view-archive = Arkiv
view-bin = Papirkorg
views = Mapper
inbox-of = { $view } for { $name }
inbox-count = { $count ->
    [0] Ingen ulesne meldingar.
    [one] Éi ulesen melding.
   *[other] { $count } ulesne meldingar.
 }
inbox-count-many = Over { $count } ulesne meldingar.
inbox-search = Søk i meldingane (minst tre teikn)
search = Søk
search-clear = Fjern søket
search-found = Treff på «{ $text }» i alle mapper
list-name = Meldingar
unread = Ulesen
from = Frå { $sender }
files = { $count ->
    [one] 1 vedlegg
   *[other] { $count } vedlegg
 }
due = Frist { $date }
show-more = Vis fleire
to-first = Til dei nyaste
empty-inbox = Ingen meldingar i innboksen
empty-inbox-why = { $name } har ikkje fått noko her enno. Nye meldingar blir viste her, og du får melding på e-post eller SMS.
empty-other = Leitar du etter meldingar til ei verksemd? Byt kven du handlar for.
empty-folder = Her er det tomt
empty-drafts-why = Skjema som er påbyrja, men ikkje sende inn, blir lagde her.
empty-sent-why = Det som { $name } har sendt inn, blir lagt her.
empty-archive-why = Meldingar som du flyttar til arkivet, blir lagde her. Ingenting blir arkivert av seg sjølv.
empty-bin-why = Meldingar som du legg i papirkorga, kan hentast tilbake herifrå.
empty-search = Ingen treff
empty-search-why = Prøv færre eller andre ord. Søket leitar i alle mapper.
status-in-progress = Under arbeid
status-draft = Utkast
status-awaiting = Ventar på svar
status-requires-attention = Krev handling
status-completed = Avslutta

# Dialog
dialog-untitled = Melding utan tittel
dialog-to = Til
dialog-service = Teneste
dialog-reference = Referansen til avsendaren
dialog-facts = Om meldinga
dialog-files = Vedlegg
dialog-actions = Det du kan gjere
dialog-sendings = Innhald
dialog-no-sendings = Meldinga har ikkje meir innhald.
dialog-log = Sjå aktivitetsloggen
dialog-hidden = Du har ikkje tilgang til innhaldet i denne delen.
file-closed = { $name } (kan ikkje opnast: utgått eller utan tilgang)
file-open = Opne
file-download = Last ned
move-archive = Flytt til arkivet
move-bin = Legg i papirkorga
move-inbox = Flytt til innboksen
mark-unread = Merk som ulesen
moves = Flytt eller merk
kind-information = Informasjon
kind-acceptance = Godkjend
kind-rejection = Avvist
kind-request = Førespurnad
kind-alert = Varsel
kind-decision = Vedtak
kind-submission = Innsending
kind-correction = Retting
kind-other = Melding
sending-from = Frå { $sender }, { $time }

# Aktivitetslogg
log-title = Aktivitetslogg
log-lead = Alt som er gjort i denne meldinga, det nyaste først.
log-empty = Ingenting er registrert enno.
log-you = { $name } (deg)
log-dialog-created = { $who } oppretta meldinga.
log-dialog-closed = { $who } avslutta meldinga.
log-information = { $who } gav ei opplysning.
log-transmission-opened = { $who } opna ein del av innhaldet.
log-payment-made = { $who } betalte.
log-signature-provided = { $who } signerte.
log-dialog-opened = { $who } opna meldinga.
log-dialog-deleted = { $who } sletta meldinga.
log-dialog-restored = { $who } henta meldinga tilbake.
log-sent-to-signing = { $who } sende til signering.
log-sent-to-form-fill = { $who } sende til utfylling.
log-sent-to-send-in = { $who } sende til innsending.
log-sent-to-payment = { $who } sende til betaling.
log-form-submitted = { $who } sende inn.
log-form-saved = { $who } lagra skjemaet.
log-correspondence-opened = { $who } opna brevet.
log-correspondence-confirmed = { $who } stadfesta brevet.
log-activity = { $who } gjorde noko i meldinga.
log-transmission = { $who } sende: { $kind }.
log-seen = { $who } såg meldinga.
log-to-bin = { $who } la meldinga i papirkorga.
log-to-archive = { $who } flytta meldinga til arkivet.
log-to-inbox = { $who } flytta meldinga til innboksen.
log-unread = { $who } merkte meldinga som ulesen.
log-from-bin = { $who } tok meldinga ut av papirkorga.
log-from-archive = { $who } tok meldinga ut av arkivet.
log-from-inbox = { $who } flytta meldinga ut av innboksen.
log-read = { $who } merkte meldinga som lesen.

# Aktør
actor-title = Kven vil du handle for?
actor-lead = Det du vel, gjeld til du byter eller loggar ut. Du ser berre dei du har fullmakt for.
actor-search = Søk etter namn eller organisasjonsnummer
actor-yourself = Deg sjølv
actor-others = Andre
actor-chosen = Vald no
actor-count = { $count ->
    [one] Éi verksemd eller éin person
   *[other] { $count } verksemder og personar
 }
actor-cut = Viser dei { $shown } første av { $count }. Søk for å finne fleire.
actor-none-found = Ingen treff. Du kan søkje på ein del av namnet eller på organisasjonsnummeret.
actor-alone = Du kan ikkje handle for nokon andre. Manglar du ei verksemd, må dagleg leiar, styreleiar eller ein tilgangsstyrar der gi deg fullmakt.
org-no = Org.nr. { $number }
sub-unit = Undereining
person = Privatperson
units-of = Undereiningar av { $name }

# Førespurnad om systembrukar
request-title = Gi { $system } fullmakt for { $party }?
request-lead = { $vendor } ber om at systemet { $system } får utføre oppgåver digitalt for { $party }. Systemet får ein eigen brukar, ein systembrukar.
request-who = Kven får fullmakt
request-who-value = { $system } frå { $vendor }
request-for = På vegner av
request-what = Til kva
request-until = Kor lenge
request-until-value = Til du fjernar ho. Fullmakta går ikkje ut av seg sjølv.
request-undo = Slik angrar du
request-undo-value = Gå til Tilgangar og fjern systembrukaren. Då stansar tilgangen med ein gong.
request-when = Spurt
request-agent = Dette er ein systembrukar for kundane til { $party }. Han får ingen tilgang før du knyter kundar til han.
request-package = Tilgangspakke: { $name }
request-service = { $name } ({ $owner })
request-nothing = Ingenting enno
approve = Gi fullmakt
reject = Avvis
escalate = Send vidare til ein som kan godkjenne
request-escalate-why = Du kan sjå førespurnaden, men ikkje godkjenne han. Det kan dagleg leiar, styreleiar eller ein tilgangsstyrar i { $party }.
request-escalated = Førespurnaden er send vidare. Den som kan godkjenne, finn han under Tilgangar.
request-late = Førespurnaden er gammal, men kan framleis svarast på. Sjekk med { $vendor } at han framleis gjeld.
request-approved = Fullmakta er gitt
request-approved-words = { $system } kan frå no av utføre oppgåvene for { $party }.
request-rejected = Førespurnaden er avvist
request-rejected-words = { $system } har ikkje fått noka fullmakt for { $party }.
request-already-approved = Førespurnaden er alt godkjend
request-already-rejected = Førespurnaden er alt avvist
request-closed = Førespurnaden er lukka
request-closed-words = Han kan ikkje svarast på lenger. Be { $vendor } om å sende ein ny.
receipt = Kvittering
next-title = Kva skjer no
next-approved = { $vendor } får melding og kan ta systemet i bruk. Du kan når som helst fjerne fullmakta.
next-rejected = { $vendor } får melding. Dei kan spørje på nytt om du vil ombestemme deg.
to-system-user = Sjå systembrukaren
to-vendor = Tilbake til { $vendor } (du blir logga ut)
refused-title = Fullmakta kunne ikkje givast
refused-help = Ingenting er endra. Du kan gå tilbake og prøve igjen, eller avvise førespurnaden.
refused-answered = Nokon har alt svart på førespurnaden.
refused-exists = { $party } har alt ein systembrukar for dette systemet med same referanse. Fjern han først, eller be leverandøren bruke den som finst.
refused-manager = Berre dagleg leiar, styreleiar eller ein tilgangsstyrar kan gi bort fullmakter for { $party }. Spør ein av dei.
refused-role = Du kan berre gi bort det du sjølv har. Du manglar rolla eller tilgangspakka som gir denne tilgangen. Spør dagleg leiar eller styreleiar i { $party }.
refused-service = Tenesteeigaren tillèt ikkje at denne tilgangen blir gitt vidare. Be leverandøren om å endre førespurnaden.
refused-list = { $party } står ikkje på lista over verksemder som får bruke tenesta. Spør tenesteeigaren.
refused-level = Du må logge inn på eit høgare tryggingsnivå for å gi denne fullmakta.
refused-other = Førespurnaden kan ikkje godkjennast slik han er. Be leverandøren om å sende ein ny, og oppgi koden { $code }.

# Systembrukarar
system-users-title = Systembrukarar
system-users-lead = Datasystem som { $name } har gitt fullmakt til. Dei handlar utan at eit menneske er logga inn.
system-users-empty = Ingen systembrukarar
system-users-empty-why = { $name } har ikkje gitt noko datasystem fullmakt. Når ein leverandør ber om det, får du ei lenkje til ei side der du godkjenner eller avviser.
requests-waiting = Førespurnader som ventar på svar
system-users-active = Har fullmakt no
system-user-title = Systembrukaren { $name }
system-user-owner = Handlar for
system-user-vendor = Leverandør
system-user-system = System
system-user-reference = Referansen til leverandøren
system-user-made = Oppretta
system-user-id = Id
system-user-rights = Fullmakter
system-user-no-rights = Systembrukaren har ingen fullmakter.
system-user-action = handling: { $action }
revoke = Fjern systembrukaren
revoke-title = Fjerne systembrukaren { $name }?
revoke-words = { $system } frå { $vendor } mistar med ein gong all tilgang til { $party }. Innsendingar som er gjorde, blir ikkje påverka.
revoke-undo = Du kan ikkje angre. Leverandøren må i så fall be om fullmakt på nytt, og du må godkjenne.
revoke-yes = Ja, fjern han
revoke-no = Nei, behald han
revoked-title = Systembrukaren er fjerna
revoked-words = { $name } har ikkje lenger nokon tilgang.
revoked-next = Om leverandøren framleis treng tilgang, må dei sende ein ny førespurnad.
to-list = Til systembrukarane

# Når noko ikkje går
missing-title = Vi finn ikkje sida
missing-words = Lenkja kan vere feil, eller innhaldet kan vere fjerna.
missing-help = Sjekk adressa, eller byrj frå innboksen.
gone-title = Meldinga er sletta
gone-words = Avsendaren eller mottakaren har sletta meldinga. Ho kan ikkje opnast lenger.
forbidden-title = Du har ikkje tilgang
forbidden-words = Du har ikkje fullmakt til å sjå eller gjere dette.
forbidden-help = Spør dagleg leiar, styreleiar eller ein tilgangsstyrar i verksemda om fullmakt. Handlar du for rett verksemd?
level-title = Du må logge inn på eit høgare nivå
level-words = Dette krev tryggingsnivå { $level }. Du er logga inn på nivå { $own }.
level-help = Logg inn på nytt med BankID, Buypass eller Commfides.
level-button = Logg inn på høgare nivå
form-title = Skjemaet er utgått
form-words = Av tryggingsgrunnar kunne vi ikkje ta imot det du sende. Ingenting er endra.
form-help = Gå tilbake, last sida på nytt og prøv igjen.
to-inbox = Til innboksen
to-actor = Byt kven du handlar for

# Om tenesta
help-title = Hjelp
help-lead = Kort om kva du kan gjere her, og kven som hjelper deg vidare.
help-inbox = Meldingar
help-inbox-words = Innboksen viser meldingar til den du handlar for. Ser du ikkje det du ventar, har du kanskje valt feil aktør. Spørsmål om innhaldet går til avsendaren.
help-access = Fullmakter
help-access-words = Ei fullmakt er eit løyve til å gjere noko for ein annan. Ein systembrukar er eit datasystem med fullmakt. Dagleg leiar, styreleiar og tilgangsstyrarar kan gi og fjerne fullmakter for ei verksemd.
help-keys = Snøggtastar
help-keys-words = Tastane verkar når du ikkje står i eit felt.
keys-on = Slå snøggtastane på
keys-off = Slå snøggtastane av
key-search = Gå til søkjefeltet
key-inbox = Gå til innboksen
key-access = Gå til tilgangar
key-move = Neste og førre melding
key-archive = Flytt til arkivet
key-bin = Legg i papirkorga
key-unread = Merk som ulesen
key-help = Vis denne lista
accessibility-title = Tilgjenge
accessibility-lead = Alle skal kunne bruke tenesta, også med skjermlesar, berre tastatur, forstørring eller utan JavaScript.
accessibility-done = Slik er ho laga
accessibility-done-words = Sidene følgjer WCAG 2.2 på nivå AA så langt vi har kunna teste: automatisk med axe i lys og mørk vising, på mobil og stor skjerm, og med berre tastatur. Dei er ikkje prøvde av brukarar med nedsett funksjonsevne enno.
accessibility-known = Kjende manglar
accessibility-known-words = Dokument og tekst frå avsendarar kan mangle struktur. Kvitteringar frå etatar blir viste på språket dei vart skrivne på.
accessibility-tell = Sei frå
accessibility-tell-words = Finn du noko som ikkje verkar for deg, meld det der du fekk programvara frå, eller til den som driftar tenesta.
privacy-title = Personvern og informasjonskapslar
privacy-lead = Vi lagrar det som trengst for å vise meldingar og fullmakter, og ikkje noko meir. Ingen opplysningar blir sende til andre for statistikk eller reklame.
privacy-stored = Dette blir lagra
privacy-stored-words = Meldingar, kven som har opna dei og når, fullmakter som er gitt og fjerna, og tidspunkt for innlogging. Fødselsnummer blir ikkje skrivne i loggar. Dei står i adresselinja berre i sandkassa, der alle nummer er oppdikta.
privacy-cookies = Informasjonskapslar
privacy-cookies-words = Alle er nødvendige. Vi bruker ingen til sporing.
cookie-session = Held deg innlogga
cookie-party = Hugsar kven du handlar for
cookie-csrf = Hindrar at andre nettstader sender skjema i ditt namn
cookie-language = Hugsar språket du har valt
cookie-login = Knyter innlogginga til nettlesaren din
cookie-until-out = Til du loggar ut eller lukkar nettlesaren
cookie-year = Eitt år
