package dev.breakmake.translation.rule;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Names the clauses of {@code clauses.txt} that a test shows; docs/rules-audit.md lists which test shows which. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
@interface Clause {
    /** Numbers as in clauses.txt, e.g. {@code 2.4}. */
    String[] value();
}
