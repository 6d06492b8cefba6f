package dev.breakmake.lab.scheduler.api.rest;

import com.google.protobuf.Message;
import dev.breakmake.lab.scheduler.domain.Caller;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One REST method in terms of the contract: the path fills fields of the request, the body fills a field or all of it, query parameters fill the rest. Patterns are those of
 * google.api.http: {@code /v1/{name=projects/*}/jobs}, with {@code :verb} at the end.
 *
 * @param verb HTTP method
 * @param template the pattern as written
 * @param path the pattern compiled
 * @param fields field filled by each group
 * @param body name of the field the body fills, {@code *} for the whole request, empty for no body
 * @param prototype an empty request
 * @param call what it does
 */
record Route(
        String verb, String template, Pattern path, List<String> fields, String body, Message prototype, Call call) {

    private static final Pattern VARIABLE = Pattern.compile("\\{([a-z0-9_.]+)=([^}]*)\\}");

    Route {
        fields = List.copyOf(fields);
    }

    /** What a route does with a request of its type. */
    @FunctionalInterface
    interface Call {
        Message run(Caller caller, Message request) throws InterruptedException;
    }

    /** The same with the request's own type. */
    @FunctionalInterface
    interface TypedCall<Q extends Message> {
        Message run(Caller caller, Q request) throws InterruptedException;
    }

    static <Q extends Message> Route of(
            String verb, String template, String body, Q prototype, Class<Q> type, TypedCall<Q> call) {
        StringBuilder regex = new StringBuilder();
        List<String> fields = new ArrayList<>();
        Matcher variable = VARIABLE.matcher(template);
        int from = 0;
        while (variable.find()) {
            regex.append(Pattern.quote(template.substring(from, variable.start())));
            regex.append('(').append(variable.group(2).replace("*", "[^/:]+")).append(')');
            fields.add(variable.group(1));
            from = variable.end();
        }
        regex.append(Pattern.quote(template.substring(from)));
        return new Route(
                verb,
                template,
                Pattern.compile(regex.toString()),
                fields,
                body,
                prototype,
                (caller, request) -> call.run(caller, type.cast(request)));
    }

    /** Values of the path's fields if {@code path} is one of this route's. */
    Optional<Map<String, String>> match(String path) {
        Matcher matcher = this.path.matcher(path);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        Map<String, String> values = new TreeMap<>();
        for (int i = 0; i < fields.size(); i++) {
            values.put(fields.get(i), matcher.group(i + 1));
        }
        return Optional.of(values);
    }
}
