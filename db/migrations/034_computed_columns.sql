-- A column that is computed of others of its row is computed as it is read: PostgreSQL need not write it into every row of
-- the table when it comes, so that nobody waits for it. What it is computed by lies with the rules, in db/security.
create or replace function app.install_column(p_form text, p_name text, p_type text, p_private boolean, p_refers_to text, p_computed jsonb) returns void
  language plpgsql as $make$
declare
  kept text := app.column_type(p_type);
  target app.forms := (select f from app.forms f where f.name = p_refers_to);
  expression text;
begin
  if kept is null or (p_type = 'reference') <> (target.name is not null) or (p_private and kept <> 'text') then
    raise exception 'no such column: % % %', p_form, p_name, p_type;
  end if;
  insert into app.columns (form, name, type, private, refers_to, computed)
    values (p_form, p_name, p_type, p_private, p_refers_to, p_computed);
  if p_computed is not null then
    -- null where other rows are counted: that is a function and no column
    execute 'select app.computed_of($1, $2)' into expression using jsonb_build_object('type', p_type, 'computed', p_computed), p_form;
    if expression is null then return; end if;
  end if;
  execute format('alter table public.%I add %I %s %s', p_form, p_name, kept, coalesce('generated always as (' || expression || ') virtual', ''));
  if p_private then
    execute format('alter table public.%I add %I text generated always as (app.masked(%I)) stored', p_form, p_name || '_masked', p_name);
    update app.forms set private = private || p_name where name = p_form;
  end if;
  if target.scope = 'unit' then
    execute format('alter table public.%1$I add foreign key (campaign_id, unit_id, %2$I) references public.%3$I (campaign_id, unit_id, id)', p_form, p_name, target.name);
    execute format('create index on public.%I (campaign_id, unit_id, %I)', p_form, p_name);
  elsif target.scope = 'campaign' then
    execute format('alter table public.%1$I add foreign key (campaign_id, %2$I) references public.%3$I (campaign_id, id)', p_form, p_name, target.name);
    execute format('create index on public.%I (campaign_id, %I)', p_form, p_name);
  elsif target.scope = 'global' then
    execute format('alter table public.%1$I add foreign key (%2$I) references public.%3$I (id)', p_form, p_name, target.name);
    execute format('create index on public.%I (%I)', p_form, p_name);
  end if;
end $make$;
