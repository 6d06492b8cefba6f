package dev.breakmake.lab.scheduler.matrix;

import java.util.function.UnaryOperator;

/**
 * A condition on a cell, such as {@code gic != 3 || backend == "ENGINE"} or {@code image matches "*-armhf" && pes <= 2}. Operators from loose to tight:
 * {@code ||}, {@code &&}, {@code !}, then one of {@code == != < <= > >= matches in}; parentheses group. A bare word on the left names a field, on the right it is
 * text. Two values that are both integers (sizes included) are compared as such, others as text. {@code matches} knows {@code *} and {@code ?}.
 */
public final class Constraint {

    private final String source;
    private final Condition condition;

    Constraint(String source, Condition condition) {
        this.source = source;
        this.condition = condition;
    }

    /** Parses {@code source}; throws IllegalArgumentException naming the column. */
    public static Constraint parse(String source) {
        return new Constraint(source, new ConstraintParser(source).parse());
    }

    /** Whether the cell whose fields {@code fields} returns (canonical text by name) meets the condition. */
    public boolean holds(UnaryOperator<String> fields) {
        return condition.holds(fields);
    }

    /** As written. */
    @Override
    public String toString() {
        return source;
    }

    /** One node of the parsed condition. */
    @FunctionalInterface
    interface Condition {
        boolean holds(UnaryOperator<String> fields);
    }
}
