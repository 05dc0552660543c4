package org.stablevideo.cli;

import org.stablevideo.edit.ObjectPrompts;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How many objects an analysis tells apart. */
final class ObjectsOption {

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    private int count = 1;

    @Option(names = "--objects", paramLabel = "N", description = "How many moving objects to tell apart, each a layer of its own (default 1).")
    void choose(int objects) {
        if (objects < 1 || objects > ObjectPrompts.MOST) {
            throw new ParameterException(spec.commandLine(), "--objects is a number from 1 to " + ObjectPrompts.MOST + ", not " + objects + ".");
        }
        count = objects;
    }

    /** Their number, at least 1. */
    int count() {
        return count;
    }
}
