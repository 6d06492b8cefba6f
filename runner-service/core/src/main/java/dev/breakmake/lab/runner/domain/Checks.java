package dev.breakmake.lab.runner.domain;

import dev.breakmake.lab.v1.Check;
import dev.breakmake.lab.v1.CheckResult;
import dev.breakmake.lab.v1.Outcome;
import dev.breakmake.lab.v1.Verdict;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Evaluates a job's checks on the console and the outcome of a boot. */
public final class Checks {

    private static final long NOWHERE = -1;

    private Checks() {}

    /** One result per check, in their order. */
    public static List<CheckResult> evaluate(List<Check> checks, String console, Outcome outcome) {
        List<CheckResult> results = new ArrayList<>();
        for (Check check : checks) {
            results.add(
                    evaluate(check, console, outcome).setName(check.getName()).build());
        }
        return results;
    }

    private static CheckResult.Builder evaluate(Check check, String console, Outcome outcome) {
        return switch (check.getConditionCase()) {
            case CONSOLE_CONTAINS ->
                found(console.indexOf(check.getConsoleContains()), console, check.getConsoleContains());
            case CONSOLE_ABSENT -> {
                int at = console.indexOf(check.getConsoleAbsent());
                yield at < 0
                        ? result(Verdict.VERDICT_PASSED, "not on the console", NOWHERE)
                        : result(Verdict.VERDICT_FAILED, "on the console: " + line(console, at), offset(console, at));
            }
            case CONSOLE_MATCHES -> matches(check.getConsoleMatches(), console);
            case MAX_INSTRUCTIONS ->
                outcome.getInstructions() <= check.getMaxInstructions()
                        ? result(Verdict.VERDICT_PASSED, outcome.getInstructions() + " instructions", NOWHERE)
                        : result(
                                Verdict.VERDICT_FAILED,
                                outcome.getInstructions() + " instructions, at most " + check.getMaxInstructions()
                                        + " were allowed",
                                NOWHERE);
            case REACHES_SYMBOL ->
                result(
                        Verdict.VERDICT_ERRORED,
                        "reaches_symbol is not evaluated by this runner; use until: symbol:NAME",
                        NOWHERE);
            case CONDITION_NOT_SET -> result(Verdict.VERDICT_ERRORED, "the check has no condition", NOWHERE);
        };
    }

    private static CheckResult.Builder matches(String expression, String console) {
        Pattern pattern;
        try {
            pattern = Pattern.compile(expression);
        } catch (PatternSyntaxException e) {
            return result(Verdict.VERDICT_ERRORED, "not a regular expression: " + e.getDescription(), NOWHERE);
        }
        int at = 0;
        for (String line : console.split("\n", -1)) {
            if (pattern.matcher(line).find()) {
                return result(Verdict.VERDICT_PASSED, line, offset(console, at));
            }
            at += line.length() + 1;
        }
        return result(Verdict.VERDICT_FAILED, "no console line matches " + expression, NOWHERE);
    }

    private static CheckResult.Builder found(int at, String console, String wanted) {
        return at < 0
                ? result(Verdict.VERDICT_FAILED, "'" + wanted + "' is not on the console", NOWHERE)
                : result(Verdict.VERDICT_PASSED, line(console, at), offset(console, at));
    }

    private static CheckResult.Builder result(Verdict verdict, String detail, long offset) {
        return CheckResult.newBuilder().setVerdict(verdict).setDetail(detail).setLogOffset(offset);
    }

    private static String line(String console, int at) {
        int start = console.lastIndexOf('\n', at) + 1;
        int end = console.indexOf('\n', at);
        return console.substring(start, end < 0 ? console.length() : end);
    }

    private static long offset(String console, int at) {
        int start = console.lastIndexOf('\n', Math.max(0, at - 1)) + 1;
        return console.substring(0, Math.min(start, at)).getBytes(StandardCharsets.UTF_8).length;
    }
}
