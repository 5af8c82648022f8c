-- What is kept of an uploaded file, and how long. Columns that are no fields of ours stand in the person's own file only;
-- they are kept as long as rows of it may still be corrected, and never longer than ninety days.

/* What was found in a file without the words that were quoted from its columns. */
create or replace function app.without_quotes(result jsonb) returns jsonb
  language sql immutable
  return case when result ? 'mapping' then jsonb_set(result - 'restaging', '{mapping,sheets}', '[]') else result - 'restaging' end;

/* An import is over when it is cancelled, taken back, could not be read, or was written and no cell is left to correct. */
create or replace function app.let_file_go() returns trigger language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if new.state in ('failed', 'cancelled', 'undone')
      or (new.state = 'applied' and jsonb_array_length(coalesce(new.result -> 'errors', '[]')) = 0) then
    new.content := null;
    new.result := app.without_quotes(new.result);
  end if;
  return new;
end $$;

create or replace trigger let_file_go before update of state, result on public.imports
  for each row execute function app.let_file_go();

/* Whoever has not decided for so long uploads again. A server that ended amid a check leaves its file behind. */
create or replace function app.let_old_files_go() returns void
  language sql security definer set search_path = pg_catalog, public, pg_temp as $$
  update public.imports set content = null, result = app.without_quotes(result)
  where content is not null and created_at < now() - case when state in ('queued', 'checking') then interval '1 day' else interval '90 days' end
$$;
