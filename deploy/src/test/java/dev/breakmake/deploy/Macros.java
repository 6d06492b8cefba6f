package dev.breakmake.deploy;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Expands what Grafana's PostgreSQL data source expands, by its documentation: {@code $__timeFilter(c)}, {@code $__timeFrom()}, {@code $__timeTo()},
 * {@code $__timeGroup(c,'5m')}, {@code $__timeGroupAlias(c,'5m')} and dashboard variables. Anything else with a dollar is an error: Grafana would leave it in the query.
 */
final class Macros {

    private static final Pattern CALL = Pattern.compile("\\$(__[a-zA-Z]+)\\(([^)]*)\\)");
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{([a-z]+)(?::([a-z]+))?}");
    private static final Pattern INTERVAL = Pattern.compile("'(\\d+)([smhd])'");

    private final Instant from;
    private final Instant to;
    private final Map<String, List<String>> variables;

    Macros(Instant from, Instant to, Map<String, List<String>> variables) {
        this.from = from;
        this.to = to;
        this.variables = variables;
    }

    String expand(String sql) {
        String calls =
                CALL.matcher(sql).replaceAll(call -> Matcher.quoteReplacement(call(call.group(1), call.group(2))));
        String done = VARIABLE.matcher(calls)
                .replaceAll(match -> Matcher.quoteReplacement(variable(match.group(1), match.group(2))));
        if (done.contains("$")) {
            throw new IllegalArgumentException("left in the query: " + done.substring(done.indexOf('$')));
        }
        return done;
    }

    private String call(String name, String arguments) {
        String[] parts = arguments.split(",", -1);
        String column = parts[0].strip();
        return switch (name) {
            case "__timeFilter" -> column + " BETWEEN '" + from + "' AND '" + to + "'";
            case "__timeFrom" -> "'" + from + "'";
            case "__timeTo" -> "'" + to + "'";
            case "__timeGroup" -> group(column, parts[1].strip());
            case "__timeGroupAlias" -> group(column, parts[1].strip()) + " AS \"time\"";
            default -> throw new IllegalArgumentException("$" + name + " is no macro this lab uses");
        };
    }

    private static String group(String column, String interval) {
        Matcher matcher = INTERVAL.matcher(interval);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(interval + " is no interval");
        }
        long unit = switch (matcher.group(2)) {
            case "s" -> 1;
            case "m" -> 60;
            case "h" -> 3600;
            default -> 86_400;
        };
        long seconds = Long.parseLong(matcher.group(1)) * unit;
        return "floor(extract(epoch from " + column + ")/" + seconds + ")*" + seconds;
    }

    private String variable(String name, @org.jspecify.annotations.Nullable String format) {
        List<String> values = variables.get(name);
        if (values == null) {
            throw new IllegalArgumentException("the dashboard has no variable " + name);
        }
        if (!"sqlstring".equals(format)) {
            throw new IllegalArgumentException("write ${" + name + ":sqlstring}: anything else does not quote");
        }
        return values.stream()
                .map(value -> "'" + value.replace("'", "''") + "'")
                .collect(Collectors.joining(","));
    }
}
