package dev.breakmake.lab.scheduler.document;

import java.util.List;

/** A JSON or YAML document as a tree that remembers where everything stands. */
public sealed interface DocumentNode {

    /** Line, counted from 1. */
    int line();

    /** Column, counted from 1. */
    int column();

    /** A mapping, in the order written; names may be repeated (the reader refuses that with both places). */
    record MapNode(int line, int column, List<Entry> entries) implements DocumentNode {
        public MapNode {
            entries = List.copyOf(entries);
        }
    }

    /** A sequence. */
    record ListNode(int line, int column, List<DocumentNode> items) implements DocumentNode {
        public ListNode {
            items = List.copyOf(items);
        }
    }

    /** A scalar as written, without quotes. */
    record ScalarNode(int line, int column, String text, ScalarKind kind) implements DocumentNode {}

    /** One name of a mapping with its value. */
    record Entry(String name, int line, int column, DocumentNode value) {}

    /** What a scalar looked like. */
    enum ScalarKind {
        /** Quoted, or plain text that is nothing else. */
        TEXT,
        /** An integer or decimal number. */
        NUMBER,
        /** true or false. */
        BOOLEAN,
        /** null, ~ or nothing at all. */
        NULL
    }
}
