-- Phones in free text, taken out for whoever may not read phones. Which texts, and for whom: 025_told.sql.

-- Each mobile phone (1[3-9] and nine digits, of any width, with blanks and dashes among them and 86 before, no other
-- digit beside) becomes 138****0001. A text without one is given back as it is, one with a phone in its NFKC form.
-- The two conditions spare most texts the rest: no character is, or stands for, a 1; there are not enough digits.
create or replace function app.without_phones(t text) returns text
  language sql immutable parallel safe
  return case
    when t !~ '[^\u0001-\u0030\u0032-\u007f\u2010-\u2027\u3001-\u303f\u4e00-\u9fff\uff01-\uff0f\uff1a-\uff20]' then t
    when normalize(t, NFKC) !~ '1[^0-9]*[3-9]([^0-9]*[0-9]){9}' then t
    else coalesce(nullif(regexp_replace(normalize(t, NFKC), replace(
      '(?<![0-9])((?:(?:\+|00)?86[)]?S)?)(1)S([3-9])S([0-9])S[0-9]S[0-9]S[0-9]S[0-9]S([0-9])S([0-9])S([0-9])S([0-9])(?![0-9])', 'S',
      '[-\s\u00ad\u200b-\u200f\u2010-\u2015\u2028-\u202e\u2060-\u206f\u2212\u2500\u30fc\ufe00-\ufe0f\ufeff\u20e3]*'),
      '\1\2\3\4****\5\6\7\8', 'g'), normalize(t, NFKC)), t) end;

create or replace function app.without_phones(list text[]) returns text[]
  language sql immutable parallel safe
  return (select coalesce(array_agg(app.without_phones(t) order by n), list) from unnest(list) with ordinality as l (t, n));

-- Whatever stands in a JSON value: texts and, in lists and objects, the texts in them.
create or replace function app.without_phones(value jsonb) returns jsonb
  language plpgsql immutable parallel safe
as $$
begin
  return case jsonb_typeof(value)
    when 'string' then to_jsonb(app.without_phones(value #>> '{}'))
    when 'array' then (select coalesce(jsonb_agg(app.without_phones(each) order by n), '[]') from jsonb_array_elements(value) with ordinality as l (each, n))
    when 'object' then (select coalesce(jsonb_object_agg(key, app.without_phones(each)), '{}') from jsonb_each(value) as l (key, each))
    else value end;
end $$;
