-- What the sandbox was asked to do wrong. `left_over` counts down the requests that a fault strikes yet.
CREATE TABLE sandbox_fault (
  name {text} NOT NULL PRIMARY KEY,
  fault {text} NOT NULL,
  left_over {int}
);
