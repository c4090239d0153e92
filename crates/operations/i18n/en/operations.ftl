section-start = Overview
section-jobs = Jobs
reader = Operations: { $name }
start-title = Operations
health-ok = Everything is in order.
health-degraded = Something needs attention: a queue lags behind, a job has been given up, or a timed task failed last time.
version = Version
environment = Environment
database = Database
queues = Queues
queue = Queue
open = Open
running = Under way
dead = Given up
lag = Waiting
state = State
seconds = { $seconds } s
queue-ok = In order
queue-degraded = Needs attention
timers = Timed tasks
timer = Task
timers-none = No task has run yet.
last-run = Last run
next-run = Next run
outcome = Outcome
node = Node
timer-never = Not run yet
timer-ok = Went well
timer-failed = Failed: { $error }
nodes = Nodes with jobs under way
nodes-none = No node has jobs under way at the moment.
node-until = The last lease ends { $time }.
links = More
link-details = The same as JSON
link-metrics = Metrics for Prometheus
jobs-title = Jobs
jobs-lead = A job is work that was promised when something was stored: an answer, a notification, an event. A job that has been given up stays until somebody tries it again or drops it.
views = Selection
view-dead = Given up
view-open = Open
of-queue = Only the queue { $queue }.
all-queues = Show all queues
jobs-none = Nothing here
jobs-none-dead = No job has been given up.
jobs-none-open = No job waits or is under way.
put-at = Put { $time }
more = Show more
whole-queue = The whole queue
whole-queue-words = Applies to every job of { $queue } that has been given up, also those not shown on this page.
retry-all = Try all again
drop-all = Drop all
reason = Reason
reason-hint = Kept with your name. Do not write identity numbers.
changes = Latest changes
changes-none = Nobody has changed anything yet.
change-retry = { $operator } tried again: { $what } ({ $queue }).
change-drop = { $operator } dropped: { $what } ({ $queue }).
change-reason = Reason: { $reason }
state-dead = given up
state-waiting = waiting
state-running = under way
topic = Topic
key = Key
put = Put
attempts = Tries
died = Given up
retry-at = Tried at the earliest
last-error = Last failure
payload = Content
payload-words = Identity numbers, tokens and secrets are hidden.
job-title = The job { $topic }
job-actions = What you can do
retry-words = The job is tried at once, and gets all its tries again if it has been given up. It goes before younger jobs with the same key.
drop-words = The job is taken out for good. What it was to do is not done.
retry = Try again
drop = Drop
to-jobs = To the jobs
unknown-title = We cannot find the job
unknown-words = It has been done, or somebody has dropped it.
running-title = The job is under way
running-words = A node is handling it now. Wait until it is done, or until the lease ends.
reason-title = A reason is missing
reason-words = Say why the job is dropped, in at most 500 characters. Nothing has been changed.
place-title = We cannot find that place in the list
place-words = The link belongs to another list. Begin again.
form-title = The form could not be taken
form-words = It has expired or is not filled in. Nothing has been changed. Go back, reload the page and try again.
node-leases = { $count ->
    [one] One job under way.
   *[other] { $count } jobs under way.
 }
tries = { $count ->
    [one] One try
   *[other] { $count } tries
 }
done-retry = { $count ->
    [one] One job is tried again.
   *[other] { $count } jobs are tried again.
 }
done-drop = { $count ->
    [one] One job has been dropped.
   *[other] { $count } jobs have been dropped.
 }
