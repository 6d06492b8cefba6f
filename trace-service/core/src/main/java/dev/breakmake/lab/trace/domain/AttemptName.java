package dev.breakmake.lab.trace.domain;

import dev.breakmake.lab.trace.domain.TraceException.Reason;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A checked attempt name, {@code projects/{p}/runs/{r}/cells/{c}/attempts/{n}}. */
public record AttemptName(String value, String project) {

    private static final int LIMIT = 400;
    private static final String SEGMENT = "[A-Za-z0-9][A-Za-z0-9._-]{0,127}";
    private static final Pattern FORM = Pattern.compile(
            "projects/(" + SEGMENT + ")/runs/" + SEGMENT + "/cells/" + SEGMENT + "/attempts/" + SEGMENT);

    /** Checks the form. */
    public static AttemptName parse(String text) {
        if (text.length() <= LIMIT) {
            Matcher matcher = FORM.matcher(text);
            if (matcher.matches()) {
                return new AttemptName(text, matcher.group(1));
            }
        }
        throw new TraceException(
                Reason.ARGUMENT_INVALID,
                "attempt: '" + Texts.shorten(text) + "' is not projects/{p}/runs/{r}/cells/{c}/attempts/{n}");
    }
}
