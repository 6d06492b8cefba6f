package dev.breakmake.lab.scheduler.domain;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Resource names: strict patterns in, strings out. Whatever does not match never reaches a query. */
public final class Names {

    private static final String ID = "[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?";
    private static final Pattern ID_PATTERN = Pattern.compile(ID);
    private static final Pattern PROJECT = Pattern.compile("projects/(" + ID + ")");
    private static final Pattern JOB = Pattern.compile("projects/(" + ID + ")/jobs/(" + ID + ")");
    private static final Pattern SCHEDULE = Pattern.compile("projects/(" + ID + ")/schedules/(" + ID + ")");
    private static final Pattern BASELINE = Pattern.compile("projects/(" + ID + ")/baselines/(" + ID + ")");
    private static final Pattern SUBSCRIPTION = Pattern.compile("projects/(" + ID + ")/subscriptions/(" + ID + ")");
    private static final Pattern DELIVERY =
            Pattern.compile("projects/(" + ID + ")/subscriptions/(" + ID + ")/deliveries/([1-9][0-9]{0,17})");
    private static final Pattern RUN = Pattern.compile("projects/(" + ID + ")/runs/(" + ID + ")");
    private static final Pattern CELL =
            Pattern.compile("projects/(" + ID + ")/runs/(" + ID + ")/cells/([1-9][0-9]{0,8})");
    private static final Pattern ATTEMPT = Pattern.compile(
            "projects/(" + ID + ")/runs/(" + ID + ")/cells/([1-9][0-9]{0,8})/attempts/([1-9][0-9]{0,3})");
    private static final Pattern RUNNER = Pattern.compile("runners/(" + ID + ")");
    private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");
    private static final Pattern TAG = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,126}");
    private static final Pattern IMAGE = Pattern.compile("projects/(" + ID + ")/images/(" + TAG.pattern() + ")");

    private Names() {}

    /** A resource within a project: {@code projects/{project}/.../{id}}. */
    public record Child(String project, String id) {}

    /** A cell by its number, counted from 1. */
    public record CellName(String project, String run, int cell) {}

    /** An attempt by its number, counted from 1. */
    public record AttemptName(String project, String run, int cell, int attempt) {}

    /** A message of a subscription. */
    public record DeliveryName(String project, String subscription, long number) {}

    /** The id in {@code projects/{p}}. */
    public static String project(String name) {
        return match(PROJECT, name, "projects/{project}").group(1);
    }

    /** Parts of {@code projects/{p}/jobs/{j}}. */
    public static Child job(String name) {
        return child(JOB, name, "projects/{project}/jobs/{job}");
    }

    /** Parts of {@code projects/{p}/runs/{r}}. */
    public static Child run(String name) {
        return child(RUN, name, "projects/{project}/runs/{run}");
    }

    /** Parts of {@code projects/{p}/schedules/{s}}. */
    public static Child schedule(String name) {
        return child(SCHEDULE, name, "projects/{project}/schedules/{schedule}");
    }

    /** Parts of {@code projects/{p}/baselines/{b}}. */
    public static Child baseline(String name) {
        return child(BASELINE, name, "projects/{project}/baselines/{baseline}");
    }

    /** Parts of {@code projects/{p}/subscriptions/{s}}. */
    public static Child subscription(String name) {
        return child(SUBSCRIPTION, name, "projects/{project}/subscriptions/{subscription}");
    }

    /** Parts of {@code projects/{p}/subscriptions/{s}/deliveries/{d}}. */
    public static DeliveryName delivery(String name) {
        Matcher matcher = match(DELIVERY, name, "projects/{project}/subscriptions/{subscription}/deliveries/{number}");
        return new DeliveryName(matcher.group(1), matcher.group(2), Long.parseLong(matcher.group(3)));
    }

    /** Parts of {@code projects/{p}/images/{sha256 or tag}}. */
    public static Child image(String name) {
        return child(IMAGE, name, "projects/{project}/images/{sha256 or tag}");
    }

    /** Parts of {@code projects/{p}/runs/{r}/cells/{c}}. */
    public static CellName cell(String name) {
        Matcher matcher = match(CELL, name, "projects/{project}/runs/{run}/cells/{number}");
        return new CellName(matcher.group(1), matcher.group(2), Integer.parseInt(matcher.group(3)));
    }

    /** Parts of {@code projects/{p}/runs/{r}/cells/{c}/attempts/{n}}. */
    public static AttemptName attempt(String name) {
        Matcher matcher = match(ATTEMPT, name, "projects/{project}/runs/{run}/cells/{number}/attempts/{number}");
        return new AttemptName(
                matcher.group(1),
                matcher.group(2),
                Integer.parseInt(matcher.group(3)),
                Integer.parseInt(matcher.group(4)));
    }

    /** The id in {@code runners/{r}}. */
    public static String runner(String name) {
        return match(RUNNER, name, "runners/{runner}").group(1);
    }

    /** {@code id} itself if it may be one. */
    public static String id(String field, String id) {
        if (!ID_PATTERN.matcher(id).matches()) {
            throw LabException.invalid(
                    field, "'" + abbreviate(id) + "' is no id: 1 to 63 of a-z, 0-9 and -, first a letter, last no -");
        }
        return id;
    }

    /** Whether {@code text} is a SHA-256 in lower-case hexadecimal. */
    public static boolean isDigest(String text) {
        return DIGEST.matcher(text).matches();
    }

    /** {@code sha256} itself if it is one. */
    public static String digest(String field, String sha256) {
        if (!isDigest(sha256)) {
            throw LabException.invalid(
                    field, "'" + abbreviate(sha256) + "' is no SHA-256: 64 lower-case hexadecimal digits");
        }
        return sha256;
    }

    /** {@code tag} itself if it may be one; a tag never looks like a digest. */
    public static String tag(String field, String tag) {
        if (!TAG.matcher(tag).matches() || isDigest(tag)) {
            throw LabException.invalid(
                    field,
                    "'" + abbreviate(tag)
                            + "' is no image tag: up to 127 of letters, digits, '.', '_' and '-', no SHA-256");
        }
        return tag;
    }

    /** Name of a run. */
    public static String runName(String project, String run) {
        return "projects/" + project + "/runs/" + run;
    }

    /** Name of a cell. */
    public static String cellName(String project, String run, int cell) {
        return runName(project, run) + "/cells/" + cell;
    }

    /** Name of an attempt. */
    public static String attemptName(String project, String run, int cell, int attempt) {
        return cellName(project, run, cell) + "/attempts/" + attempt;
    }

    private static Child child(Pattern pattern, String name, String shape) {
        Matcher matcher = match(pattern, name, shape);
        return new Child(matcher.group(1), matcher.group(2));
    }

    private static Matcher match(Pattern pattern, String name, String shape) {
        Matcher matcher = pattern.matcher(name);
        if (!matcher.matches()) {
            throw LabException.invalid("name", "'" + abbreviate(name) + "' is no resource name of the form " + shape);
        }
        return matcher;
    }

    /** Keeps hostile input out of messages and logs: printable, at most 80 characters. */
    public static String abbreviate(String text) {
        String clean = text.codePoints()
                .limit(81)
                .map(c -> Character.isISOControl(c) ? '?' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
        return clean.length() > 80 ? clean.substring(0, 77) + "..." : clean;
    }
}
