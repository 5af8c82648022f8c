-- Find and replace in a whole list is an operation of its own.

alter table operations drop constraint operations_kind_check,
  add constraint operations_kind_check check (kind in ('set', 'replace', 'remove', 'restore', 'move'));
