-- What an import created, row for row, as it was then: with it everything can be rebuilt from the history alone. `columns`
-- names the values of each of `rows`, the first of which is the id. Phones stand in them: granted to nobody, as `secret` is.
alter table changes add columns text[], add rows text[], add check ((columns is null) = (rows is null));
