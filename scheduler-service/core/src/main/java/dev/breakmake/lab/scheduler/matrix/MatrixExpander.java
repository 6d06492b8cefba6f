package dev.breakmake.lab.scheduler.matrix;

import dev.breakmake.lab.scheduler.domain.FieldError;
import dev.breakmake.lab.scheduler.domain.LabException;
import dev.breakmake.lab.scheduler.domain.Reason;
import dev.breakmake.lab.scheduler.matrix.Expansion.Point;
import dev.breakmake.lab.v1.Axis;
import dev.breakmake.lab.v1.BootSpec;
import dev.breakmake.lab.v1.Exclusion;
import dev.breakmake.lab.v1.JobSpec;
import dev.breakmake.lab.v1.Matrix;
import dev.breakmake.lab.v1.MatrixPoint;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Expands a matrix: product of the axes (last one fastest), less {@code exclude} and {@code constraints}, then {@code include}. The order of entries never changes
 * which cells there are, only what {@code include} entries that fight over the same field leave behind (the last one wins).
 */
public final class MatrixExpander {

    /** Cells a matrix may have unless it says otherwise. */
    public static final int DEFAULT_MAX_CELLS = 2_000;

    /** Cells a matrix may ask for. */
    public static final int HARD_MAX_CELLS = 50_000;

    /** Points of the full product that are looked at; more are refused before any work is done. */
    static final long MAX_POINTS = 1_000_000;

    private final BootSpec base;
    private final Matrix matrix;
    private final List<FieldError> errors = new ArrayList<>();
    private final LinkedHashMap<String, List<String>> axes = new LinkedHashMap<>();

    private MatrixExpander(JobSpec spec) {
        this.base = spec.getBoot();
        this.matrix = spec.getMatrix();
    }

    /** Expands the matrix of {@code spec}; throws SCHEMA_INVALID, MATRIX_EMPTY or MATRIX_TOO_LARGE. */
    public static Expansion expand(JobSpec spec) {
        return new MatrixExpander(spec).expand();
    }

    private Expansion expand() {
        readAxes();
        List<Map<String, String>> exclude = points("exclude", matrix.getExcludeList());
        List<Map<String, String>> include = points("include", matrix.getIncludeList());
        List<Constraint> constraints = constraints();
        int maxCells = maxCells();
        if (!errors.isEmpty()) {
            throw LabException.invalid(errors);
        }
        refuseHugeProducts();

        long[] dropped = new long[exclude.size() + constraints.size()];
        LinkedHashMap<Map<String, String>, Map<String, String>> cells = new LinkedHashMap<>();
        product(new LinkedHashMap<>(), new ArrayList<>(axes.entrySet()), 0, point -> {
            int rule = ruleAgainst(point, exclude, constraints);
            if (rule >= 0) {
                dropped[rule]++;
            } else {
                cells.put(point, new HashMap<>());
                if (cells.size() > maxCells) {
                    throw tooLarge("more than " + maxCells + " cells", maxCells);
                }
            }
        });
        include.forEach(entry -> include(entry, cells));
        if (cells.isEmpty()) {
            throw new LabException(
                    Reason.MATRIX_EMPTY, "the matrix has no cell left: exclude and constraints leave out every point");
        }
        if (cells.size() > maxCells) {
            throw tooLarge(cells.size() + " cells", maxCells);
        }
        List<Point> points = new ArrayList<>(cells.size());
        cells.forEach((parameters, overlay) -> points.add(new Point(parameters, overlay)));
        return new Expansion(points, exclusions(dropped, exclude.size(), constraints));
    }

    private void readAxes() {
        int index = 0;
        for (Axis axis : matrix.getAxesList()) {
            String path = "matrix.axes[" + index++ + "]";
            if (!BootFields.isField(axis.getName())) {
                error(
                        path + ".name",
                        "'" + axis.getName() + "' is no field of a boot; known are " + BootFields.known());
                continue;
            }
            if (axis.getValuesCount() == 0) {
                error(path + ".values", "has no value");
            }
            List<String> values = new ArrayList<>();
            for (int i = 0; i < axis.getValuesCount(); i++) {
                String value = canonical(path + ".values[" + i + "]", axis.getName(), axis.getValues(i));
                if (values.contains(value)) {
                    error(path + ".values[" + i + "]", "'" + axis.getValues(i) + "' is there already");
                }
                values.add(value);
            }
            if (axes.putIfAbsent(axis.getName(), values) != null) {
                error(path + ".name", "there is an axis '" + axis.getName() + "' already");
            }
        }
    }

    private List<Map<String, String>> points(String kind, List<MatrixPoint> entries) {
        List<Map<String, String>> result = new ArrayList<>();
        for (int i = 0; i < entries.size(); i++) {
            String path = "matrix." + kind + "[" + i + "].parameters";
            Map<String, String> point = new LinkedHashMap<>();
            entries.get(i)
                    .getParametersMap()
                    .forEach((name, value) -> point.put(name, canonical(path + "." + name, name, value)));
            if (point.isEmpty()) {
                error(path, "is empty");
            }
            result.add(point);
        }
        return result;
    }

    private List<Constraint> constraints() {
        List<Constraint> result = new ArrayList<>();
        for (int i = 0; i < matrix.getConstraintsCount(); i++) {
            try {
                result.add(Constraint.parse(matrix.getConstraints(i)));
            } catch (IllegalArgumentException e) {
                error("matrix.constraints[" + i + "]", String.valueOf(e.getMessage()));
            }
        }
        return result;
    }

    private int maxCells() {
        int asked = matrix.getLimits().getMaxCells();
        if (asked < 0 || asked > HARD_MAX_CELLS) {
            error("matrix.limits.maxCells", asked + " is outside 0 to " + HARD_MAX_CELLS);
        }
        return asked == 0 ? DEFAULT_MAX_CELLS : asked;
    }

    private void refuseHugeProducts() {
        long product = 1;
        for (List<String> values : axes.values()) {
            product *= values.size();
            if (product > MAX_POINTS) {
                throw tooLarge("more than " + MAX_POINTS + " points before exclusion", MAX_POINTS);
            }
        }
    }

    private interface PointSink {
        void accept(Map<String, String> point);
    }

    private static void product(
            Map<String, String> prefix, List<Map.Entry<String, List<String>>> axes, int next, PointSink sink) {
        if (next == axes.size()) {
            sink.accept(new LinkedHashMap<>(prefix));
            return;
        }
        Map.Entry<String, List<String>> axis = axes.get(next);
        for (String value : axis.getValue()) {
            prefix.put(axis.getKey(), value);
            product(prefix, axes, next + 1, sink);
        }
    }

    private int ruleAgainst(
            Map<String, String> point, List<Map<String, String>> exclude, List<Constraint> constraints) {
        for (int i = 0; i < exclude.size(); i++) {
            if (exclude.get(i).entrySet().stream()
                    .allMatch(e -> field(point, e.getKey()).equals(e.getValue()))) {
                return i;
            }
        }
        for (int i = 0; i < constraints.size(); i++) {
            if (!constraints.get(i).holds(name -> field(point, name))) {
                return exclude.size() + i;
            }
        }
        return -1;
    }

    private String field(Map<String, String> point, String name) {
        String value = point.get(name);
        return value == null ? BootFields.get(base, name) : value;
    }

    private void include(Map<String, String> entry, Map<Map<String, String>, Map<String, String>> cells) {
        Map<String, String> onAxes = new LinkedHashMap<>();
        axes.keySet().stream()
                .filter(entry::containsKey)
                .forEach(name -> onAxes.put(name, entry.getOrDefault(name, "")));
        Map<String, String> further = new LinkedHashMap<>(entry);
        further.keySet().removeAll(onAxes.keySet());
        boolean fullPoint = onAxes.size() == axes.size();
        if (fullPoint) {
            cells.computeIfAbsent(onAxes, added -> new HashMap<>()).putAll(further);
        } else {
            cells.forEach((point, overlay) -> {
                if (point.entrySet().containsAll(onAxes.entrySet())) {
                    overlay.putAll(further);
                }
            });
        }
    }

    private List<Exclusion> exclusions(long[] dropped, int excludes, List<Constraint> constraints) {
        List<Exclusion> result = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < dropped.length; i++) {
            String rule = i < excludes
                    ? "exclude[" + i + "]"
                    : constraints.get(i - excludes).toString();
            if (seen.add(rule)) {
                result.add(Exclusion.newBuilder()
                        .setRule(rule)
                        .setCount(dropped[i])
                        .build());
            }
        }
        return result;
    }

    private String canonical(String path, String name, String value) {
        try {
            return BootFields.canonical(name, value);
        } catch (IllegalArgumentException e) {
            error(path, String.valueOf(e.getMessage()));
            return value;
        }
    }

    private void error(String path, String detail) {
        errors.add(FieldError.of("spec." + path, detail));
    }

    private static LabException tooLarge(String size, long limit) {
        return new LabException(
                Reason.MATRIX_TOO_LARGE,
                "the matrix has " + size + "; narrow it with exclude or constraints, or raise limits.maxCells (at most "
                        + HARD_MAX_CELLS + ")",
                List.of(),
                Map.of("limit", Long.toString(limit)));
    }
}
