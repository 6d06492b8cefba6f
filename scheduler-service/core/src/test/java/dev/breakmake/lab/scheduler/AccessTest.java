package dev.breakmake.lab.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.breakmake.lab.scheduler.config.BindGuard;
import dev.breakmake.lab.scheduler.config.SchedulerSettings;
import dev.breakmake.lab.scheduler.config.Tokens;
import dev.breakmake.lab.scheduler.domain.Caller;
import dev.breakmake.lab.scheduler.domain.LabException;
import dev.breakmake.lab.scheduler.domain.Names;
import dev.breakmake.lab.scheduler.domain.Reason;
import dev.breakmake.lab.scheduler.domain.Role;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AccessTest {

    private record Token(String secret, List<String> roles) implements SchedulerSettings.Token {}

    private static final Tokens TOKENS = new Tokens(Map.of(
            "ci", new Token("0123456789abcdef-ci", List.of("submitter")),
            "rack", new Token("0123456789abcdef-rack", List.of("runner"))));

    @Test
    void a_token_gives_name_and_roles_and_nothing_more() {
        Caller ci = TOKENS.caller("Bearer 0123456789abcdef-ci");
        assertThat(ci.name()).isEqualTo("ci");
        assertThatCode(() -> ci.require(Role.VIEWER)).doesNotThrowAnyException();
        assertThatThrownBy(() -> ci.require(Role.ADMIN)).hasMessageContaining("lacks the role admin");
        assertThatThrownBy(() -> TOKENS.caller("Bearer 0123456789abcdef-rack").require(Role.VIEWER))
                .isInstanceOfSatisfying(
                        LabException.class, e -> assertThat(e.reason()).isEqualTo(Reason.ROLE_MISSING));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "Basic abc", "Bearer", "Bearer ", "Bearer 0123456789abcdef", "bearer 0123456789abcdef-cj"})
    void anything_else_is_unauthenticated(String header) {
        assertThatThrownBy(() -> TOKENS.caller(header))
                .isInstanceOfSatisfying(
                        LabException.class, e -> assertThat(e.reason()).isEqualTo(Reason.UNAUTHENTICATED));
    }

    @Test
    void bad_tokens_stop_the_start_with_the_key_to_change() {
        assertThatThrownBy(() -> new Tokens(Map.of("x", new Token("short", List.of("admin")))))
                .hasMessage("breakmake.scheduler.tokens.x.secret is shorter than 16 characters");
        assertThatThrownBy(() -> new Tokens(Map.of("x", new Token("0123456789abcdef", List.of("root")))))
                .hasMessageContaining("'root' is none of viewer, submitter, runner, admin");
    }

    @Test
    void only_a_loopback_address_may_be_bound_without_tokens() {
        Tokens none = new Tokens(Map.of());
        assertThat(none.caller(null)).isEqualTo(Caller.LOOPBACK);
        assertThatCode(() -> BindGuard.check("127.0.0.1", none)).doesNotThrowAnyException();
        assertThatThrownBy(() -> BindGuard.check("0.0.0.0", none)).hasMessageContaining("no token is configured");
        assertThatCode(() -> BindGuard.check("0.0.0.0", TOKENS)).doesNotThrowAnyException();
    }

    @Test
    void an_administrator_is_no_runner() {
        assertThatThrownBy(() -> new Caller("root", Set.of(Role.ADMIN)).require(Role.RUNNER))
                .isInstanceOf(LabException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "projects/../runs/x",
                "projects/a/runs/b/../c",
                "projects/A/runs/b",
                "projects/a/runs/",
                "projects/a/runs/b\n",
                "projects/a/runs/b;drop table run",
                "projects/a%2f/runs/b",
                "/projects/a/runs/b",
            })
    void names_that_play_tricks_never_reach_a_query(String name) {
        assertThatThrownBy(() -> Names.run(name)).isInstanceOf(LabException.class);
    }
}
