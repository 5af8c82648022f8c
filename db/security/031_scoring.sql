/* What jurors mark in the works of a collection, what their marks come to, and the prizes a work can be given: the twin of
   server/forms/scoring.ts and prizes.ts. A collection that says nothing has the standard ones. Refusals are HW422, with the
   field and the sentence. */

create or replace function app.standard_items() returns jsonb
  language sql immutable parallel safe
return '[{"name": "theme", "label": "主题", "weight": 40, "max": 100}, {"name": "craft", "label": "制作", "weight": 30, "max": 100},
  {"name": "appeal", "label": "感染力", "weight": 30, "max": 100}]'::jsonb;

create or replace function app.standard_prizes() returns jsonb
  language sql immutable parallel safe
return '[{"name": "作品一等奖"}, {"name": "作品二等奖"}, {"name": "作品三等奖"}, {"name": "作品优秀奖"}]'::jsonb;

create or replace function app.refuse_field(p_field text, p_sentence text) returns void
  language plpgsql as $$
begin
  raise exception using errcode = 'HW422', column = p_field, message = p_sentence;
end $$;

-- Whether a JSON value is a whole number within bounds.
create or replace function app.is_whole(p_value jsonb, p_min integer, p_max integer) returns boolean
  language sql immutable parallel safe
return case when jsonb_typeof(p_value) = 'number' then p_value::numeric = trunc(p_value::numeric) and p_value::numeric between p_min and p_max else false end;

-- Marks -------------------------------------------------------------------------------------------------------------

-- What is wrong with items as a collection says them; null where nothing is.
create or replace function app.items_fault(p_items jsonb) returns text
  language plpgsql immutable as $$
declare
  item jsonb;
  names text[] := '{}';
  labels text[] := '{}';
  weights numeric := 0;
begin
  if jsonb_typeof(p_items) <> 'array' or jsonb_array_length(p_items) not between 1 and 12 then return '评分项应是 1 到 12 项。'; end if;
  for item in select value from jsonb_array_elements(p_items) loop
    if jsonb_typeof(item) <> 'object' or item - '{name,label,weight,max}'::text[] <> '{}'
      or coalesce(jsonb_typeof(item -> 'name') <> 'string' or item ->> 'name' !~ '^[a-z][a-z0-9_]{1,40}$'
        or item ->> 'name' in ('items', 'juror', 'mine', 'opinion', 'total', 'constructor', 'prototype'), true)
      or coalesce(jsonb_typeof(item -> 'label') <> 'string' or item ->> 'label' !~ '^[^[:space:]、，,；;：:（）()%％/"“”‘’<>]{1,20}$'
        or item ->> 'label' like '%满分%', true)
      or not coalesce(app.is_whole(item -> 'weight', 1, 100) and app.is_whole(item -> 'max', 1, 1000), false) then
      return format('评分项“%s”不能用。', left(coalesce(item ->> 'label', item::text), 30));
    end if;
    if item ->> 'name' = any (names) or item ->> 'label' = any (labels) then return format('评分项里“%s”写了两次。', item ->> 'label'); end if;
    names := names || (item ->> 'name');
    labels := labels || (item ->> 'label');
    weights := weights + (item ->> 'weight')::numeric;
  end loop;
  return case when weights <> 100 then format('评分项的权重加起来是 %s，应是 100。', weights) end;
end $$;

/* What marks come to, of a hundred: each as a part of what it may be at most, by its weight. Added up as a fraction and
   rounded once, half up, to one decimal. */
create or replace function app.weighted(p_marks jsonb, p_items jsonb) returns numeric
  language plpgsql immutable as $$
declare
  item jsonb;
  above numeric := 0;
  below numeric := 1;
begin
  for item in select value from jsonb_array_elements(p_items) loop
    above := above * (item ->> 'max')::numeric + (p_marks ->> (item ->> 'name'))::numeric * (item ->> 'weight')::numeric * below;
    below := below * (item ->> 'max')::numeric;
  end loop;
  return round(div(above * 20 + below, below * 2) / 10, 1);
end $$;

create or replace function app.names_of(p_list jsonb) returns text[]
  language sql immutable parallel safe
return array(select value ->> 'name' from jsonb_array_elements(p_list) order by 1);

-- A mark for each item, no more; what they come to is found here. The collection is held while it is read: its items
-- change before a mark or after it.
create or replace function app.weigh() returns trigger
  language plpgsql security definer set search_path = pg_catalog, public, pg_temp
as $$
declare
  items jsonb;
  item jsonb;
  odd text;
begin
  select coalesce(c.scoring_items, app.standard_items()) into items
  from public.submissions s join public.collections c on c.id = s.collection_id where s.id = new.submission_id for share of c;
  if not found then return new; end if; -- refused by the foreign key
  if jsonb_typeof(new.items) is distinct from 'object' then perform app.refuse_field('items', '评分应是各项的分数。'); end if;
  for item in select value from jsonb_array_elements(items) loop
    if not coalesce(app.is_whole(new.items -> (item ->> 'name'), 0, (item ->> 'max')::integer), false) then
      perform app.refuse_field(item ->> 'name', format('%s打 0 到 %s 的整数。', item ->> 'label', item ->> 'max'));
    end if;
  end loop;
  select k into odd from jsonb_object_keys(new.items) k where k <> all (app.names_of(items)) limit 1;
  if odd is not null then
    perform app.refuse_field('items', format('没有“%s”这一项，评的是%s。', left(odd, 30),
      (select string_agg(value ->> 'label', '、') from jsonb_array_elements(items))));
  end if;
  new.total := app.weighted(new.items, items);
  return new;
end $$;
create or replace trigger weigh before insert or update on public.scores for each row execute function app.weigh();

-- Prizes ------------------------------------------------------------------------------------------------------------

-- What a choice of a register may be in a campaign.
create or replace function app.choices_in(p_form text, p_field text, p_campaign integer) returns text[]
  language sql stable security definer set search_path = pg_catalog, public, pg_temp
as $$
  select coalesce(
    (select array(select jsonb_array_elements_text(d.definition -> 'choices' -> p_field)) from public.form_designs d
     where d.campaign_id = p_campaign and d.name = p_form and d.state = 'published' and d.deleted_at is null and d.definition -> 'choices' ? p_field),
    (select b.choices from app.built_in_choices b where b.form = p_form and b.name = p_field))
$$;

-- The names of all prizes that works of a campaign can be given.
create or replace function app.prizes_of(p_campaign integer) returns text[]
  language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp
as $$
begin
  return array(
    select distinct p.value ->> 'name' from (
      select coalesce(c.prizes, app.standard_prizes()) as prizes from public.collections c where c.campaign_id = p_campaign and c.deleted_at is null
      union all
      select app.standard_prizes() where not exists (select from public.collections c where c.campaign_id = p_campaign and c.deleted_at is null)) k,
      jsonb_array_elements(k.prizes) p order by 1);
end $$;

-- Whether an award takes one of the places of a prize.
create or replace function app.takes_prize(p_award awards) returns boolean
  language sql immutable
return p_award.submission_id is not null and p_award.deleted_at is null and p_award.status <> 'void' and p_award.decision is distinct from '不同意';

-- How many works of a collection are put forward for a prize, or have it.
create or replace function app.given_of(p_collection integer, p_prize text) returns integer
  language sql stable security definer set search_path = pg_catalog, public, pg_temp
as $$
  select count(*)::integer from public.awards a join public.submissions s on s.id = a.submission_id
  where s.collection_id = p_collection and a.category = p_prize and app.takes_prize(a)
$$;

-- The prizes of a collection in their order, for whoever hosts it and the province; nothing for others.
create or replace function app.prizes_given(p_collection integer) returns table (name text, max integer, given integer)
  language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp
as $$
begin
  return query
    select p.value ->> 'name', (p.value ->> 'max')::integer, app.given_of(c.id, p.value ->> 'name')
    from public.collections c, jsonb_array_elements(coalesce(c.prizes, app.standard_prizes())) with ordinality p
    where c.id = p_collection and c.deleted_at is null and ((app.myself()).role = 'province' or c.id = any (app.my_collections()))
    order by p.ordinality;
end $$;

/* No more of a prize than its collection says, whatever brings one: put forward, decided anew, restored. The collection is
   held, so that of two who give the last one comes first. And no prize of works without a work. */
create or replace function app.keep_prizes() returns trigger
  language plpgsql security definer set search_path = pg_catalog, public, pg_temp
as $$
declare
  collection integer;
  most integer;
  given integer;
begin
  if new.submission_id is null then
    if app.me() is not null and (tg_op = 'INSERT' or new.category is distinct from old.category)
      and new.category = any (app.prizes_of(new.campaign_id)) then
      perform app.refuse_field('category', '作品的奖项由承办单位在“作品评审”里提出，这里不填。');
    end if;
    return new;
  end if;
  if not app.takes_prize(new) or tg_op = 'UPDATE' and app.takes_prize(old) and (old.category, old.submission_id) = (new.category, new.submission_id) then
    return new;
  end if;
  select c.id, (select (p.value ->> 'max')::integer from jsonb_array_elements(c.prizes) p where p.value ->> 'name' = new.category)
  into collection, most
  from public.collections c where c.id = (select s.collection_id from public.submissions s where s.id = new.submission_id)
  for no key update of c;
  if most is not null then
    given := app.given_of(collection, new.category) - case when tg_op = 'UPDATE' and app.takes_prize(old) and old.category = new.category then 1 else 0 end;
    if given >= most then
      perform app.refuse_field('category', format('“%s”最多 %s 个，已经提出 %s 个。', new.category, most, given));
    end if;
  end if;
  return new;
end $$;
create or replace trigger keep_prizes before insert or update on public.awards for each row execute function app.keep_prizes();

-- What a collection says --------------------------------------------------------------------------------------------

/* Once marks were given, items are neither added nor removed nor marked of another maximum; their labels and order may
   change, and their weights until the first jury is whole, since its marks are read from then on. A prize stays as long as
   it was given to a work, and there are as many at least. */
create or replace function app.check_judging() returns trigger
  language plpgsql security definer set search_path = pg_catalog, public, pg_temp
as $$
declare
  items constant jsonb := coalesce(new.scoring_items, app.standard_items());
  fault text := case when new.scoring_items is not null then app.items_fault(new.scoring_items) end;
  before jsonb;
  gone jsonb;
  prize jsonb;
  given integer;
begin
  if fault is not null then perform app.refuse_field('scoring_items', fault); end if;
  if tg_op = 'UPDATE' then before := coalesce(old.scoring_items, app.standard_items()); end if;
  if before is distinct from items
    and exists (select from public.scores x join public.submissions s on s.id = x.submission_id where s.collection_id = new.id) then
    select b.value into gone from jsonb_array_elements(before) b
    where not exists (select from jsonb_array_elements(items) i where (i.value -> 'name', i.value -> 'max') = (b.value -> 'name', b.value -> 'max')) limit 1;
    if gone is not null then
      perform app.refuse_field('scoring_items', format('已经有评委打了分，“%s”和它的满分不能去掉、不能改；只改叫法请写成 新叫法(%s) %s%s。', gone ->> 'label', gone ->> 'name',
        gone ->> 'weight', case when gone ->> 'max' <> '100' then ' 满分 ' || (gone ->> 'max') else '' end));
    elsif jsonb_array_length(items) > jsonb_array_length(before) then
      perform app.refuse_field('scoring_items', '已经有评委打了分，不能再增加评分项。');
    elsif exists (select from jsonb_array_elements(items) i where not exists (
        select from jsonb_array_elements(before) b where (i.value -> 'name', i.value -> 'weight') = (b.value -> 'name', b.value -> 'weight')))
      and exists (select from public.submissions s where s.collection_id = new.id and exists (select from public.scores x where x.submission_id = s.id)
        and (s.status <> 'under_review' or not exists (select from public.jury y where y.collection_id = s.collection_id
          and not exists (select from public.scores x where x.submission_id = s.id and x.juror_id = y.juror_id)))) then
      perform app.refuse_field('scoring_items', '已经有作品评委都打完了分，权重不能再改。');
    end if;
  end if;
  if new.prizes is null and (tg_op = 'INSERT' or old.prizes is null) then return new; end if;
  if new.prizes is not null then
    if jsonb_typeof(new.prizes) <> 'array' or jsonb_array_length(new.prizes) not between 1 and 20 then
      perform app.refuse_field('prizes', '奖项应是 1 到 20 种。');
    end if;
    for prize in select value from jsonb_array_elements(new.prizes) loop
      if jsonb_typeof(prize) <> 'object' or prize - '{name,max}'::text[] <> '{}' or jsonb_typeof(prize -> 'name') is distinct from 'string'
        or prize ? 'max' and not app.is_whole(prize -> 'max', 1, 10000)
        or (select count(*) from jsonb_array_elements(new.prizes) p where p.value -> 'name' = prize -> 'name') > 1 then
        perform app.refuse_field('prizes', format('奖项“%s”不能这样写。', left(coalesce(prize ->> 'name', prize::text), 30)));
      elsif app.me() is not null and (prize ->> 'name' = '推荐全国' or prize ->> 'name' <> all (app.choices_in('awards', 'category', new.campaign_id))) then
        perform app.refuse_field('prizes', format('奖项没有“%s”，请先加到表彰推荐的类别里。', left(prize ->> 'name', 30)));
      end if;
    end loop;
  end if;
  if tg_op = 'UPDATE' and new.prizes is distinct from old.prizes then
    for prize in select value from jsonb_array_elements(coalesce(old.prizes, app.standard_prizes())) loop
      given := app.given_of(new.id, prize ->> 'name');
      if given > coalesce((select coalesce((p.value ->> 'max')::integer, given) from jsonb_array_elements(coalesce(new.prizes, app.standard_prizes())) p
          where p.value -> 'name' = prize -> 'name'), 0) then
        perform app.refuse_field('prizes', format('“%s”已经提出 %s 个，不能去掉，名额也不能再少。', prize ->> 'name', given));
      end if;
    end loop;
  end if;
  return new;
end $$;
create or replace trigger check_judging before insert or update on public.collections for each row execute function app.check_judging();

-- Totals follow the weights. Marks of items that are another collection's stay what they came to there.
create or replace function app.weigh_again() returns trigger
  language plpgsql security definer set search_path = pg_catalog, public, pg_temp
as $$
begin
  update public.scores x set items = x.items from public.submissions s
  where s.id = x.submission_id and s.collection_id = new.id
    and array(select k from jsonb_object_keys(x.items) k order by 1) = app.names_of(coalesce(new.scoring_items, app.standard_items()));
  return null;
end $$;
create or replace trigger weigh_again after update on public.collections for each row
  when (old.scoring_items is distinct from new.scoring_items) execute function app.weigh_again();
