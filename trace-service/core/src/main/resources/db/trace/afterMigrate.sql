-- Runs after every migration: the dashboards' role may read the views and nothing else. The role itself is made by whoever sets the server up
-- (deploy/postgres); without it there is nothing to grant.
do
$$
    declare
        reader constant text := 'lab_reader';
        v      record;
    begin
        if exists (select from pg_roles where rolname = reader) then
            execute format('grant usage on schema %I to %I', current_schema(), reader);
            for v in select table_name from information_schema.views where table_schema = current_schema() and table_name like 'v\_%'
                loop
                    execute format('grant select on %I to %I', v.table_name, reader);
                end loop;
        end if;
    end
$$;
