package dev.breakmake.engine.flow;

/** One change of one operation of a flow. */
public sealed interface Mutation {

    /** The flow as written. */
    Mutation NONE = new None();

    /** Index of the operation that is changed, -1 for none. */
    int index();

    /** What is changed, in a word or two. */
    String change();

    /** No change. */
    record None() implements Mutation {
        @Override
        public int index() {
            return -1;
        }

        @Override
        public String change() {
            return "none";
        }
    }

    /** The operation is left out. */
    record Drop(int index) implements Mutation {
        @Override
        public String change() {
            return "drop";
        }
    }

    /** The operation is executed after the one that follows it on the same PE. */
    record Swap(int index) implements Mutation {
        @Override
        public String change() {
            return "swap";
        }
    }

    /** Another operation is executed in its place. */
    record Replace(int index, Replacement by) implements Mutation {
        @Override
        public String change() {
            return "replace by " + by.id();
        }
    }
}
