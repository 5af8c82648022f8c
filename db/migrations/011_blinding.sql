-- By what jurors know works and files instead of by their numbers, which tell in what order they came (app.blinded).
create table app.blinding (secret text not null);
insert into app.blinding (secret) values (gen_random_uuid()::text || gen_random_uuid()::text);
