# Frame
site = Allting
skip = Skip to main content
language = Language
log-out = Log out
log-in = Log in
sections = Main menu
section-inbox = Inbox
section-access = Access
acting-for = You are acting for
change-actor = Change
trail = You are here
trail-start = Start page
sandbox = Sandbox { $environment }: everything is made up.
business-time = Clock here: { $time }
footer = Footer
help = Help
accessibility = Accessibility
privacy = Privacy and cookies
about-site = Allting is a free platform for digital services and is not part of the public sector.

# Start page
start-title = Welcome to Allting
start-lead = Here you read messages from public agencies and decide who may act on behalf of you and your organisations.
start-personas = Log in as a test person
start-personas-lead = Choose a person. One click logs you in, without a password.
start-for = Acts for { $names }
start-other = Log in with ID-porten
start-other-lead = Choose the eID, security level and person yourself. This is how people who use the service log in.

# Inbox
view-inbox = Inbox
view-drafts = Drafts
view-sent = Sent
view-archive = Archive
view-bin = Bin
views = Folders
inbox-of = { $view } of { $name }
inbox-count = { $count ->
    [0] No unread messages.
    [one] One unread message.
   *[other] { $count } unread messages.
 }
inbox-count-many = More than { $count } unread messages.
inbox-search = Search the messages (at least three characters)
search = Search
search-clear = Remove the search
search-found = Found for “{ $text }” in all folders
list-name = Messages
unread = Unread
from = From { $sender }
files = { $count ->
    [one] 1 attachment
   *[other] { $count } attachments
 }
due = Due { $date }
show-more = Show more
to-first = To the newest
empty-inbox = No messages in the inbox
empty-inbox-why = { $name } has not received anything here yet. New messages appear here, and you are told by e-mail or SMS.
empty-other = Looking for messages to an organisation? Change who you are acting for.
empty-folder = Nothing here
empty-drafts-why = Forms that are begun but not sent in are kept here.
empty-sent-why = What { $name } has sent in is kept here.
empty-archive-why = Messages that you move to the archive are kept here. Nothing is archived by itself.
empty-bin-why = Messages that you put in the bin can be taken back from here.
empty-search = Nothing found
empty-search-why = Try fewer or other words. The search looks in all folders.
status-in-progress = In progress
status-draft = Draft
status-awaiting = Awaiting answer
status-requires-attention = Requires action
status-completed = Completed

# Dialog
dialog-untitled = Message without a title
dialog-to = To
dialog-service = Service
dialog-reference = Sender's reference
dialog-facts = About the message
dialog-files = Attachments
dialog-actions = What you can do
dialog-sendings = Content
dialog-no-sendings = The message has no more content.
dialog-log = See the activity log
dialog-hidden = You do not have access to the content of this part.
file-closed = { $name } (cannot be opened: expired or no access)
file-open = Open
file-download = Download
move-archive = Move to the archive
move-bin = Put in the bin
move-inbox = Move to the inbox
mark-unread = Mark as unread
moves = Move or mark
kind-information = Information
kind-acceptance = Accepted
kind-rejection = Rejected
kind-request = Request
kind-alert = Alert
kind-decision = Decision
kind-submission = Submission
kind-correction = Correction
kind-other = Message
sending-from = From { $sender }, { $time }

# Activity log
log-title = Activity log
log-lead = Everything that has been done in this message, newest first.
log-empty = Nothing has been recorded yet.
log-you = { $name } (you)
log-dialog-created = { $who } created the message.
log-dialog-closed = { $who } closed the message.
log-information = { $who } gave information.
log-transmission-opened = { $who } opened part of the content.
log-payment-made = { $who } paid.
log-signature-provided = { $who } signed.
log-dialog-opened = { $who } opened the message.
log-dialog-deleted = { $who } deleted the message.
log-dialog-restored = { $who } restored the message.
log-sent-to-signing = { $who } sent it for signing.
log-sent-to-form-fill = { $who } sent it for filling in.
log-sent-to-send-in = { $who } sent it for submission.
log-sent-to-payment = { $who } sent it for payment.
log-form-submitted = { $who } submitted.
log-form-saved = { $who } saved the form.
log-correspondence-opened = { $who } opened the letter.
log-correspondence-confirmed = { $who } confirmed the letter.
log-activity = { $who } did something in the message.
log-transmission = { $who } sent: { $kind }.
log-seen = { $who } saw the message.
log-to-bin = { $who } put the message in the bin.
log-to-archive = { $who } moved the message to the archive.
log-to-inbox = { $who } moved the message to the inbox.
log-unread = { $who } marked the message as unread.
log-from-bin = { $who } took the message out of the bin.
log-from-archive = { $who } took the message out of the archive.
log-from-inbox = { $who } moved the message out of the inbox.
log-read = { $who } marked the message as read.

# Actor
actor-title = Who do you want to act for?
actor-lead = Your choice lasts until you change it or log out. You only see those you have authority for.
actor-search = Search by name or organisation number
actor-yourself = Yourself
actor-others = Others
actor-chosen = Chosen now
actor-count = { $count ->
    [one] One organisation or person
   *[other] { $count } organisations and people
 }
actor-cut = Showing the first { $shown } of { $count }. Search to find more.
actor-none-found = Nothing found. You can search by part of the name or by organisation number.
actor-alone = You cannot act for anyone else. If an organisation is missing, its managing director, board leader or an access manager must give you authority.
org-no = Org. no. { $number }
sub-unit = Sub-unit
person = Private person
units-of = Sub-units of { $name }

# Request for a system user
request-title = Give { $system } authority for { $party }?
request-lead = { $vendor } asks that the system { $system } may carry out tasks digitally for { $party }. The system gets a user of its own, a system user.
request-who = Who gets authority
request-who-value = { $system } from { $vendor }
request-for = On behalf of
request-what = For what
request-until = How long
request-until-value = Until you remove it. The authority does not end by itself.
request-undo = How to undo it
request-undo-value = Go to Access and remove the system user. Its access stops at once.
request-when = Asked
request-agent = This is a system user for the clients of { $party }. It gets no access until you connect clients to it.
request-package = Access package: { $name }
request-service = { $name } ({ $owner })
request-nothing = Nothing yet
approve = Give authority
reject = Reject
escalate = Pass on to someone who can approve
request-escalate-why = You can see the request but not approve it. The managing director, the board leader or an access manager of { $party } can.
request-escalated = The request has been passed on. Whoever can approve it finds it under Access.
request-late = The request is old but can still be answered. Check with { $vendor } that it still applies.
request-approved = The authority has been given
request-approved-words = From now on { $system } can carry out the tasks for { $party }.
request-rejected = The request has been rejected
request-rejected-words = { $system } has not been given any authority for { $party }.
request-already-approved = The request has already been approved
request-already-rejected = The request has already been rejected
request-closed = The request is closed
request-closed-words = It can no longer be answered. Ask { $vendor } to send a new one.
receipt = Receipt
next-title = What happens now
next-approved = { $vendor } is told and can start using the system. You can remove the authority at any time.
next-rejected = { $vendor } is told. They can ask again if you change your mind.
to-system-user = See the system user
to-vendor = Back to { $vendor } (you will be logged out)
refused-title = The authority could not be given
refused-help = Nothing has changed. You can go back and try again, or reject the request.
refused-answered = Someone has already answered the request.
refused-exists = { $party } already has a system user for this system with the same reference. Remove it first, or ask the vendor to use the existing one.
refused-manager = Only the managing director, the board leader or an access manager can give away authority for { $party }. Ask one of them.
refused-role = You can only give away what you have yourself. You lack the role or access package that gives this access. Ask the managing director or board leader of { $party }.
refused-service = The service owner does not allow this access to be passed on. Ask the vendor to change the request.
refused-list = { $party } is not on the list of organisations that may use the service. Ask the service owner.
refused-level = You must log in at a higher security level to give this authority.
refused-other = The request cannot be approved as it is. Ask the vendor to send a new one, and mention the code { $code }.

# System users
system-users-title = System users
system-users-lead = Computer systems that { $name } has given authority to. They act without a person being logged in.
system-users-empty = No system users
system-users-empty-why = { $name } has not given any computer system authority. When a vendor asks for it, you get a link to a page where you approve or reject.
requests-waiting = Requests waiting for an answer
system-users-active = Have authority now
system-user-title = The system user { $name }
system-user-owner = Acts for
system-user-vendor = Vendor
system-user-system = System
system-user-reference = Vendor's reference
system-user-made = Created
system-user-id = Id
system-user-rights = Authority
system-user-no-rights = The system user has no authority.
system-user-action = action: { $action }
revoke = Remove the system user
revoke-title = Remove the system user { $name }?
revoke-words = { $system } from { $vendor } loses all access to { $party } at once. What has been sent in is not affected.
revoke-undo = You cannot undo this. The vendor would have to ask for authority again, and you would have to approve it.
revoke-yes = Yes, remove it
revoke-no = No, keep it
revoked-title = The system user has been removed
revoked-words = { $name } no longer has any access.
revoked-next = If the vendor still needs access, they must send a new request.
to-list = To the system users

# When something does not work
missing-title = We cannot find the page
missing-words = The link may be wrong, or the content may have been removed.
missing-help = Check the address, or start from the inbox.
gone-title = The message has been deleted
gone-words = The sender or the recipient has deleted the message. It can no longer be opened.
forbidden-title = You do not have access
forbidden-words = You do not have the authority to see or do this.
forbidden-help = Ask the managing director, the board leader or an access manager of the organisation for authority. Are you acting for the right organisation?
level-title = You must log in at a higher level
level-words = This requires security level { $level }. You are logged in at level { $own }.
level-help = Log in again with BankID, Buypass or Commfides.
level-button = Log in at a higher level
form-title = The form has expired
form-words = For security reasons we could not accept what you sent. Nothing has changed.
form-help = Go back, reload the page and try again.
to-inbox = To the inbox
to-actor = Change who you are acting for

# About the service
help-title = Help
help-lead = In short, what you can do here and who can help you further.
help-inbox = Messages
help-inbox-words = The inbox shows messages to the one you are acting for. If you do not see what you expect, you may have chosen the wrong one. Questions about the content go to the sender.
help-access = Authority
help-access-words = An authority is permission to do something for someone else. A system user is a computer system with authority. Managing directors, board leaders and access managers can give and remove authority for an organisation.
help-keys = Keyboard shortcuts
help-keys-words = The keys work when you are not in a field.
keys-on = Turn shortcuts on
keys-off = Turn shortcuts off
key-search = Go to the search field
key-inbox = Go to the inbox
key-access = Go to access
key-move = Next and previous message
key-archive = Move to the archive
key-bin = Put in the bin
key-unread = Mark as unread
key-help = Show this list
accessibility-title = Accessibility
accessibility-lead = Everyone should be able to use the service, also with a screen reader, by keyboard alone, magnified or without JavaScript.
accessibility-done = How it is made
accessibility-done-words = The pages follow WCAG 2.2 at level AA as far as we have been able to test: automatically with axe in light and dark, on phone and large screen, and by keyboard alone. They have not been tried by users with disabilities yet.
accessibility-known = Known shortcomings
accessibility-known-words = Documents and text from senders may lack structure. Receipts from agencies are shown in the language they were written in.
accessibility-tell = Tell us
accessibility-tell-words = If something does not work for you, report it where you got the software from, or to whoever runs the service.
privacy-title = Privacy and cookies
privacy-lead = We store what is needed to show messages and authority, and nothing more. No data are sent to others for statistics or advertising.
privacy-stored = What is stored
privacy-stored-words = Messages, who opened them and when, authority given and removed, and times of login. National identity numbers are not written to logs. They appear in the address bar only in the sandbox, where every number is made up.
privacy-cookies = Cookies
privacy-cookies-words = All are necessary. We use none for tracking.
cookie-session = Keeps you logged in
cookie-party = Remembers who you are acting for
cookie-csrf = Prevents other sites from sending forms in your name
cookie-language = Remembers the language you chose
cookie-login = Ties the login to your browser
cookie-until-out = Until you log out or close the browser
cookie-year = One year
