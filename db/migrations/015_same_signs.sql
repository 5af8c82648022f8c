-- The same thing in other signs is the same: Kangxi radicals and compatibility forms, which text copied from a PDF has, the dots
-- in names, other widths, signs of no width. Names of people are compared like other names.

-- What two names are compared by; the twin of sameText in server/forms/text.ts. Not STRICT (null stays null all the same):
-- only then PostgreSQL puts the expression in place of the call.
create or replace function app.same_text(t text) returns text
  language sql immutable parallel safe
  return case
    when t ~ '^[\u4e00-\u9fff0-9a-z]*$' then t
    when t ~ '^[!-~]*$' then lower(t collate "C") collate "default"
    -- the marks of most titles: quicker than all there are
    when t ~ '^[ -~\u4e00-\u9fff（）“”‘’：，；！？、。《》—–－·～\u3000]*$'
      then translate(lower(t collate "C") collate "default", '（）“”‘’：，；！？—–－·～　 ', '()""'''':,;!?---.~')
    else translate(
      lower(regexp_replace(
        normalize(case when t ~ '[\u2e80-\u2ef3]' then translate(t,
          '⺁⺂⺃⺄⺅⺆⺈⺉⺊⺋⺌⺍⺎⺏⺐⺒⺓⺔⺕⺖⺗⺘⺙⺛⺜⺝⺞⺠⺡⺢⺣⺤⺥⺦⺧⺨⺩⺪⺫⺬⺭⺮⺯⺰⺱⺲⺳⺴⺶⺷⺹⺺⺻⺼⺽⺾⺿⻀⻁⻂⻃⻄⻅⻆⻈⻉⻊⻋⻌⻍⻎⻏⻐⻑⻒⻓⻔⻕⻖⻗⻘⻙⻚⻛⻜⻝⻟⻠⻢⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻭⻮⻯⻰⻱⻲',
          '厂乛乚乙亻冂刀刂卜㔾小小兀尣尢巳幺彑彐忄㣺扌攵旡日月歺民氵氺灬爫爫丬牛犭王疋目示礻竹糹纟罓罒㓁冗羊羊耂肀聿肉臼艹艹艹虎衤覀西见角讠贝足车辶辶辶邑钅長镸长门阜阝雨青韦页风飞食飠饣马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀') else t end, NFKC),
        '[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff\u0009-\u000d\u0020\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]', '', 'g') collate "C") collate "default",
      '“”„‟〝〞「」『』‘’‚‛‐‒–—―−─·•‧∙⋅・〜∼',
      '""""""""""''''''''-------......~~')
  end;

drop index organizations_key_2, events_key_1, attendance_key_2, reach_key_1, reach_key_2, submissions_key_1, awards_key_1;

-- What is stored in such signs is stored in ordinary ones from now on: it looks the same and can be found. Two rows that have
-- become one thing both stay, the later one marked. Nobody did this: no version, no history.
do $$
declare
  each record;
begin
  for each in select c.table_name as name, c.column_name as field from information_schema.columns c
    where c.table_schema = 'public' and c.data_type = 'text' and c.is_generated = 'NEVER'
      and c.table_name in ('organizations', 'propagandists', 'events', 'attendance', 'reach', 'submissions', 'awards')
      and c.column_name not in ('status', 'phone') loop
    execute format('alter table %I disable trigger user', each.name);
    execute format($sql$update %1$I set %2$I = normalize(translate(%2$I, '⺁⺂⺃⺄⺅⺆⺈⺉⺊⺋⺌⺍⺎⺏⺐⺒⺓⺔⺕⺖⺗⺘⺙⺛⺜⺝⺞⺠⺡⺢⺣⺤⺥⺦⺧⺨⺩⺪⺫⺬⺭⺮⺯⺰⺱⺲⺳⺴⺶⺷⺹⺺⺻⺼⺽⺾⺿⻀⻁⻂⻃⻄⻅⻆⻈⻉⻊⻋⻌⻍⻎⻏⻐⻑⻒⻓⻔⻕⻖⻗⻘⻙⻚⻛⻜⻝⻟⻠⻢⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻭⻮⻯⻰⻱⻲', '厂乛乚乙亻冂刀刂卜㔾小小兀尣尢巳幺彑彐忄㣺扌攵旡日月歺民氵氺灬爫爫丬牛犭王疋目示礻竹糹纟罓罒㓁冗羊羊耂肀聿肉臼艹艹艹虎衤覀西见角讠贝足车辶辶辶邑钅長镸长门阜阝雨青韦页风飞食飠饣马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀'), NFC) where %2$I ~ '[⺀-⻳豈-﫿]'$sql$, each.name, each.field);
    execute format($sql$update %1$I set %2$I = (
        select string_agg(case when sign ~ '[⼀-⿟⺀-⻳]' then normalize(sign, NFKC) else sign end, '' order by at)
        from unnest(string_to_array(%2$I, null)) with ordinality s (sign, at))
      where %2$I ~ '[⼀-⿟⺀-⻳]'$sql$, each.name, each.field);
    execute format('alter table %I enable trigger user', each.name);
  end loop;
  for each in select * from (values
      ('organizations', 'app.same_text(name)', 'name', 'credit_code is null'),
      ('events', 'held_on, app.same_text(title), app.same_text(place)', 'title', 'true'),
      ('attendance', 'event_id, app.same_text(name), app.same_text(workplace)', 'workplace', 'phone is null'),
      ('reach', 'channel, app.same_text(account), app.same_text(url), counted_on', 'account', 'url is not null'),
      ('reach', 'channel, app.same_text(account), app.same_text(title), counted_on', 'title', 'url is null'),
      ('submissions', 'collection_id, app.same_text(title), app.same_text(author)', 'title', 'true'),
      ('awards', 'category, app.same_text(target)', 'target', 'true')) as keys (name, key, field, condition) loop
    execute format('alter table %I disable trigger user', each.name);
    execute format($sql$update %1$I t set %3$I = left(t.%3$I, 20) || '（重复' || t.id || '）'
      from (select id, row_number() over (partition by campaign_id, unit_id, %2$s order by id) as place from %1$I where deleted_at is null and %4$s) d
      where d.id = t.id and d.place > 1$sql$, each.name, each.key, each.field, each.condition);
    execute format('alter table %I enable trigger user', each.name);
  end loop;
end $$;

create unique index organizations_key_2 on organizations (campaign_id, unit_id, app.same_text(name))
  where credit_code is null and deleted_at is null;
create unique index events_key_1 on events (campaign_id, unit_id, held_on, app.same_text(title), app.same_text(place))
  where deleted_at is null;
create unique index attendance_key_2 on attendance (campaign_id, unit_id, event_id, app.same_text(name), app.same_text(workplace))
  where phone is null and deleted_at is null;
create unique index reach_key_1 on reach (campaign_id, unit_id, channel, app.same_text(account), app.same_text(url), counted_on)
  where url is not null and deleted_at is null;
create unique index reach_key_2 on reach (campaign_id, unit_id, channel, app.same_text(account), app.same_text(title), counted_on)
  where url is null and deleted_at is null;
create unique index submissions_key_1 on submissions (campaign_id, unit_id, collection_id, app.same_text(title), app.same_text(author))
  where deleted_at is null;
create unique index awards_key_1 on awards (campaign_id, unit_id, category, app.same_text(target)) where deleted_at is null;
reindex index awards_certificate;
