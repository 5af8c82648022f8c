-- What jurors mark and which prizes there are is each collection's to say; where it says nothing it is as before: the three
-- items and four prizes that were columns and constants (app.standard_items, app.standard_prizes).
alter table collections add scoring_items jsonb, add prizes jsonb;

alter table scores disable trigger user; -- nobody did this
alter table scores add items jsonb;
update scores set items = jsonb_build_object('theme', theme, 'craft', craft, 'appeal', appeal);
alter table scores enable trigger user;
alter table scores alter items set not null, alter total drop expression;
alter table scores alter total set not null, drop theme, drop craft, drop appeal;
