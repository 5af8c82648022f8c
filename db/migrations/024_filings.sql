-- A register need not be an annex, and is handed in all the same: its papers bear 0 where others bear the annex's number.
alter table filings drop constraint filings_number_check,
  add constraint filings_number_check check (number ~ '^\d{4}-(0|[1-9]\d{0,2})-\d{4,}-[0-9A-Z]{6}$');
