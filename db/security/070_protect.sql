-- All that protects a form, laid for one: what adds a table and its row in app.forms while the system runs calls this.

create or replace function app.protect_form(form text) returns void
  language plpgsql as $$
begin
  perform app.lay_rows(format('public.%I', form)::regclass);
  if (select scope from app.forms f where f.name = form) <> 'global' then perform app.lay_archive(form); end if;
  perform app.lay_policies(form);
  if app.is_register(form) then perform app.lay_deadline(form); end if;
  perform app.lay_live(form);
  perform app.protect_columns(form);
end $$;

-- The part of it that knows the columns: also for a form to which some were added.
create or replace function app.protect_columns(form text) returns void
  language plpgsql as $$
begin
  perform app.lay_writes(form);
  perform app.lay_told(form);
  perform app.lay_references(form);
  perform app.lay_grants(form);
  perform app.lay_hidden_columns();
  revoke all on all functions in schema app from public;
end $$;
revoke all on all functions in schema app from public;
