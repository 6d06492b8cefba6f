package dev.breakmake.lab.start;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.breakmake.lab.testing.PostgresServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;

/** What people see who set a lab up wrongly. */
class DatabaseStartTest {

    private static final Duration NOW = Duration.ZERO;

    private final PostgresServer.Database database = PostgresServer.shared().freshDatabase("start");

    private DatabaseStart start(String url, String user) {
        return new DatabaseStart("lab database", "breakmake.lab.database", url, user, database.password());
    }

    private DatabaseStart right() {
        return start(database.url(), database.user());
    }

    private Flyway flyway(String versions) {
        return Flyway.configure()
                .dataSource(database.url(), database.user(), database.password())
                .locations("db/" + versions)
                .load();
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Test
    void an_empty_database_is_brought_up_to_date_and_an_older_one_too() throws SQLException {
        right().prepare(flyway("older"), NOW);
        right().prepare(flyway("newer"), NOW);
        right().prepare(flyway("newer"), NOW);
        execute("insert into thing (id, note) values (1, 'both versions')");
    }

    @Test
    void a_missing_url_names_the_key_and_the_variable() {
        assertThatThrownBy(() -> start("jdbc:postgresql://" + DatabaseStart.UNSET + "/unset", "lab")
                        .prepare(flyway("older"), NOW))
                .isInstanceOf(StartRefusedException.class)
                .hasMessageContaining("breakmake.lab.database.url is not set")
                .hasMessageContaining("BREAKMAKE_LAB_DATABASE_URL");
    }

    @Test
    void a_url_of_something_else_is_named() {
        assertThatThrownBy(() -> start("jdbc:mysql://db/lab", "lab").prepare(flyway("older"), NOW))
                .hasMessageContaining("'jdbc:mysql://db/lab'")
                .hasMessageContaining("jdbc:postgresql://");
    }

    @Test
    void a_server_that_is_away_is_named_with_its_address() throws IOException {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        String url = "jdbc:postgresql://127.0.0.1:" + port + "/lab";
        assertThatThrownBy(() -> start(url, "lab").prepare(flyway("older"), NOW))
                .isInstanceOf(StartRefusedException.class)
                .hasMessageContaining(url)
                .hasMessageContaining("cannot be reached");
    }

    @Test
    void a_role_that_is_not_let_in_and_a_database_that_is_not_there_are_told_apart() {
        assertThatThrownBy(() -> start(database.url(), "nobody_knows_me").prepare(flyway("older"), NOW))
                .hasMessageContaining("refuses the role 'nobody_knows_me'")
                .hasMessageContaining("breakmake.lab.database.password");
        assertThatThrownBy(
                        () -> start(database.url() + "_absent", database.user()).prepare(flyway("older"), NOW))
                .hasMessageContaining("does not exist");
    }

    @Test
    void a_database_of_a_newer_release_is_left_alone() {
        right().prepare(flyway("newer"), NOW);
        assertThatThrownBy(() -> right().prepare(flyway("older"), NOW))
                .isInstanceOf(StartRefusedException.class)
                .hasMessageContaining("is at version 2")
                .hasMessageContaining("up to 1")
                .hasMessageContaining("restore the backup");
    }

    @Test
    void a_database_full_of_other_tables_is_left_alone() throws SQLException {
        execute("create table somebody_elses (id int)");
        assertThatThrownBy(() -> right().prepare(flyway("older"), NOW))
                .isInstanceOf(StartRefusedException.class)
                .hasMessageContaining("tables that are not the lab's");
    }

    @Test
    void a_schema_somebody_changed_behind_its_history_is_not_touched() throws SQLException {
        right().prepare(flyway("older"), NOW);
        execute("update flyway_schema_history set checksum = 1 where version = '1'");
        assertThatThrownBy(() -> right().prepare(flyway("older"), NOW))
                .isInstanceOf(StartRefusedException.class)
                .hasMessageContaining("cannot be brought up to date");
    }

    @Test
    void a_password_never_shows() {
        assertThat(new DatabaseStart("lab database", "k", "jdbc:postgresql://db/lab", "lab", "hunter22").toString())
                .doesNotContain("hunter22");
    }
}
