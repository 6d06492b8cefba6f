package dev.breakmake.cli.client;

import dev.breakmake.cli.CommandFailure;
import dev.breakmake.cli.lab.LabFolder;
import dev.breakmake.cli.lab.LabState;
import java.io.IOException;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which lab is meant and how to be let in.
 *
 * @param url where REST answers, without a slash at the end
 * @param token bearer token, or null for a lab on loopback
 */
public record LabAddress(URI url, @Nullable String token) {

    /** Names a lab. */
    static final String URL_VARIABLE = "BREAKMAKE_LAB";

    /** The token; in the environment, since a command line is seen by everyone on the machine. */
    static final String TOKEN_VARIABLE = "BREAKMAKE_TOKEN";

    /** The lab of an option, else of BREAKMAKE_LAB, else the one that {@code breakmake up} started here. */
    public static LabAddress of(@Nullable String option) throws IOException {
        return of(option, System.getenv(), LabFolder.ofUser());
    }

    static LabAddress of(@Nullable String option, Map<String, String> environment, LabFolder folder)
            throws IOException {
        String token = environment.getOrDefault(TOKEN_VARIABLE, "");
        String named = option != null ? option : environment.getOrDefault(URL_VARIABLE, "");
        if (!named.isEmpty()) {
            return new LabAddress(parse(named), token.isEmpty() ? null : token);
        }
        Optional<LabState> running = LabState.running(folder);
        if (running.isEmpty()) {
            throw CommandFailure.fault(
                    "no lab: none is running here, and none is named",
                    "start one with 'breakmake up', or name one with --lab URL or " + URL_VARIABLE);
        }
        if (!running.get().isReady()) {
            throw CommandFailure.fault(
                    "the lab here is not ready: " + running.get().progress(), "see 'breakmake status'");
        }
        return new LabAddress(parse(running.get().url()), token.isEmpty() ? null : token);
    }

    private static URI parse(String text) {
        try {
            URI url = URI.create(text.contains("://") ? text : "http://" + text);
            if (url.getHost() != null && ("http".equals(url.getScheme()) || "https".equals(url.getScheme()))) {
                return URI.create(url.toString().replaceAll("/+$", ""));
            }
        } catch (IllegalArgumentException e) {
            // said below, the same way
        }
        throw CommandFailure.usage("'" + text + "' is no address of a lab", "for example http://127.0.0.1:7400");
    }
}
