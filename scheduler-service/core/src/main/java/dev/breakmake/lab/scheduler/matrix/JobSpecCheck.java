package dev.breakmake.lab.scheduler.matrix;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Duration;
import dev.breakmake.lab.scheduler.domain.FieldError;
import dev.breakmake.lab.scheduler.domain.LabException;
import dev.breakmake.lab.v1.BootSpec;
import dev.breakmake.lab.v1.Check;
import dev.breakmake.lab.v1.Expectation;
import dev.breakmake.lab.v1.JobSpec;
import dev.breakmake.lab.v1.Timeouts;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Checks a job's specification as far as that is possible without looking anything up. */
public final class JobSpecCheck {

    private static final int MAX_PES = 64;
    private static final long MIN_MEMORY = 16L << 20;
    private static final long MAX_MEMORY = 1L << 40;
    private static final long MAX_TIMEOUT_SECONDS = 7 * 86_400;
    private static final Pattern PLATFORM = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");
    private static final Pattern FLOW = Pattern.compile("[a-z0-9][a-z0-9-]*(/[a-z0-9][a-z0-9-]*){0,3}");

    private final List<FieldError> errors = new ArrayList<>();

    private JobSpecCheck() {}

    /** Expands {@code spec} and checks everything about it and its cells; throws SCHEMA_INVALID with every mistake found. */
    public static Expansion check(JobSpec spec) {
        JobSpecCheck check = new JobSpecCheck();
        check.fixedParts(spec);
        check.failIfWrong();
        Expansion expansion = MatrixExpander.expand(spec);
        for (Expansion.Point point : expansion.points()) {
            check.boot(point.boot(spec.getBoot()), point);
            if (check.errors.size() >= 20) {
                break;
            }
        }
        check.failIfWrong();
        return expansion;
    }

    private void failIfWrong() {
        if (!errors.isEmpty()) {
            throw LabException.invalid(errors);
        }
    }

    private void fixedParts(JobSpec spec) {
        if (spec.getPriority() < 0 || spec.getPriority() > 100) {
            error("spec.priority", spec.getPriority() + " is outside 0 to 100");
        }
        if (spec.getRetry().getMaxAttempts() < 0 || spec.getRetry().getMaxAttempts() > 10) {
            error("spec.retry.maxAttempts", spec.getRetry().getMaxAttempts() + " is outside 0 to 10");
        }
        duration("spec.retry.initialBackoff", spec.getRetry().getInitialBackoff());
        Timeouts timeouts = spec.getTimeouts();
        for (FieldDescriptor field : Timeouts.getDescriptor().getFields()) {
            if (timeouts.hasField(field)) {
                Duration value = (Duration) timeouts.getField(field);
                duration("spec.timeouts." + field.getJsonName(), value);
                if (value.getSeconds() == 0 && value.getNanos() == 0) {
                    error("spec.timeouts." + field.getJsonName(), "is zero; leave it out for the default");
                }
            }
        }
        checks(spec.getChecksList());
        expectations(spec.getExpectationsList());
        if (!spec.getBoot().getImageDigest().isEmpty()) {
            error("spec.boot.imageDigest", "is output only; name the image by tag or SHA-256 in image");
        }
    }

    private void checks(List<Check> checks) {
        Set<String> names = new HashSet<>();
        for (int i = 0; i < checks.size(); i++) {
            Check check = checks.get(i);
            String path = "spec.checks[" + i + "]";
            if (check.getName().isEmpty() || !names.add(check.getName())) {
                error(
                        path + ".name",
                        check.getName().isEmpty() ? "is missing" : "'" + check.getName() + "' is there already");
            }
            if (check.getConditionCase() == Check.ConditionCase.CONDITION_NOT_SET) {
                error(path, "has no condition");
            }
            if (check.hasConsoleMatches()) {
                try {
                    Pattern.compile(check.getConsoleMatches());
                } catch (PatternSyntaxException e) {
                    error(
                            path + ".consoleMatches",
                            "is no regular expression: " + e.getDescription() + " at index " + e.getIndex());
                }
            }
        }
    }

    private void expectations(List<Expectation> expectations) {
        for (int i = 0; i < expectations.size(); i++) {
            Expectation expectation = expectations.get(i);
            String path = "spec.expectations[" + i + "]";
            if (expectation.getReason().isBlank()) {
                error(path + ".reason", "is missing: say why the finding is accepted");
            }
            if (expectation.getRule().isEmpty() && expectation.getFingerprint().isEmpty()) {
                error(path, "names neither a rule nor a fingerprint");
            }
            expectation.getCellsMap().forEach((name, value) -> {
                try {
                    BootFields.canonical(name, value);
                } catch (IllegalArgumentException e) {
                    error(path + ".cells." + name, String.valueOf(e.getMessage()));
                }
            });
        }
    }

    private void boot(BootSpec boot, Expansion.Point point) {
        String where = point.parameters().isEmpty() ? "spec.boot" : "cell " + point.parameters();
        if (boot.getImage().isEmpty() == boot.getFlow().isEmpty()) {
            error(
                    where,
                    boot.getImage().isEmpty()
                            ? "boots nothing: name an image or a flow"
                            : "names both an image and a flow");
        }
        if (!boot.getFlow().isEmpty() && !FLOW.matcher(boot.getFlow()).matches()) {
            error(where, "'" + boot.getFlow() + "' is no flow such as arm64/series");
        }
        if (!boot.getPlatform().isEmpty()
                && !PLATFORM.matcher(boot.getPlatform()).matches()) {
            error(where, "'" + boot.getPlatform() + "' is no platform id");
        }
        if (boot.getPes() < 0 || boot.getPes() > MAX_PES) {
            error(where, "pes " + boot.getPes() + " is outside 1 to " + MAX_PES);
        }
        if (boot.getMemory() != 0 && (boot.getMemory() < MIN_MEMORY || boot.getMemory() > MAX_MEMORY)) {
            error(where, "memory " + boot.getMemory() + " is outside 16MiB to 1TiB");
        }
        if (boot.getGic() != 0 && boot.getGic() != 2 && boot.getGic() != 3) {
            error(where, "gic " + boot.getGic() + " is neither 2 nor 3");
        }
        if (!boot.getLoadAddress().isEmpty()) {
            try {
                BootFields.address(boot.getLoadAddress());
            } catch (IllegalArgumentException e) {
                error(where, String.valueOf(e.getMessage()));
            }
        }
        if (boot.getInstructionLimit() < 0 || boot.getQuantum() < 0) {
            error(where, "instructionLimit and quantum cannot be negative");
        }
    }

    private void duration(String path, Duration value) {
        if (value.getSeconds() < 0 || value.getNanos() < 0 || value.getSeconds() > MAX_TIMEOUT_SECONDS) {
            error(path, "is outside 0 to 7d");
        }
    }

    private void error(String path, String detail) {
        errors.add(FieldError.of(path, detail));
    }
}
