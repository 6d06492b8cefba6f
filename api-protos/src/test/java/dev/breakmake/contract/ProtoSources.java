package dev.breakmake.contract;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The contracts as text, for what descriptors do not carry: comments. */
final class ProtoSources {

    private static final Pattern DECLARATION = Pattern.compile(
            "\\s*(?:message|enum|service|rpc|oneof)\\s.*|\\s*(?:repeated\\s+|optional\\s+)?(?:map<[^>]+>|[A-Za-z][\\w.]*)\\s+\\w+\\s*=\\s*\\d+\\s*(?:\\[.*])?;.*|\\s*[A-Z][A-Z0-9_]*\\s*=\\s*\\d+;.*");
    private static final Pattern NO_DECLARATION = Pattern.compile("\\s*(?:syntax|package|import|option|reserved)\\b.*");

    private static final Pattern MESSAGE = Pattern.compile("message (\\w+) \\{.*");
    private static final Pattern FIELD = Pattern.compile(
            "\\s+(?:repeated\\s+|optional\\s+)?(?:map<[^>]+>|[A-Za-z][\\w.]*)\\s+(\\w+)\\s*=\\s*\\d+.*;.*");

    private ProtoSources() {}

    static List<Path> files() {
        try (Stream<Path> files = Files.walk(Path.of("src/main/proto"))) {
            return files.filter(file -> file.toString().endsWith(".proto"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException("run the test in the folder of its module", e);
        }
    }

    /** Comment above each field, by {@code Message.field}. */
    static Map<String, String> fieldComments() throws IOException {
        Map<String, String> comments = new TreeMap<>();
        for (Path file : files()) {
            String message = "";
            StringBuilder comment = new StringBuilder();
            for (String line : Files.readAllLines(file)) {
                Matcher opens = MESSAGE.matcher(line);
                Matcher field = FIELD.matcher(line);
                if (line.strip().startsWith("//")) {
                    comment.append(comment.isEmpty() ? "" : " ")
                            .append(line.strip().substring(2).strip());
                    continue;
                }
                if (opens.matches()) {
                    message = opens.group(1);
                } else if (field.matches()) {
                    comments.put(message + "." + field.group(1), comment.toString());
                }
                comment.setLength(0);
            }
        }
        return comments;
    }

    /** file:line of every declaration without a comment right above it. */
    static List<String> uncommented(Path file) throws IOException {
        List<String> missing = new ArrayList<>();
        String before = "";
        int number = 0;
        for (String line : Files.readAllLines(file)) {
            number++;
            boolean declares = DECLARATION.matcher(line).matches()
                    && !NO_DECLARATION.matcher(line).matches();
            if (declares && !before.strip().startsWith("//")) {
                missing.add(file + ":" + number + ": " + line.strip());
            }
            before = line;
        }
        return missing;
    }
}
