-- What is collected is the campaign's to say: works of any form, and limits that have a lower end.
alter table collections drop constraint collections_medium_check,
  add min_chars integer check (min_chars >= 0),
  add min_seconds integer check (min_seconds >= 0);
