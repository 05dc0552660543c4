package org.stablevideo.host;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.stablevideo.progress.Progress;

/** What users should know about edits that were made although something is weak; told once to each host process. Safe for any thread. */
final class Cautions {

    private static final int REMEMBERED = 200;

    private final Map<Object, List<String>> warned = new HashMap<>();
    private final Set<String> told = new HashSet<>();

    /**
     * Listens to the making of an edit.
     *
     * @param work equal for equal edits
     */
    Progress hear(Object work, Progress progress) {
        return new Progress() {
            @Override
            public void report(String stage, double fraction) {
                progress.report(stage, fraction);
            }

            @Override
            public void note(String sentence) {
                progress.note(sentence);
            }

            @Override
            public void warn(String sentence) {
                add(work, sentence);
                progress.warn(sentence);
            }
        };
    }

    private synchronized void add(Object work, String sentence) {
        if (warned.size() >= REMEMBERED) {
            warned.clear();
        }
        List<String> sentences = warned.computeIfAbsent(work, first -> new ArrayList<>());
        if (!sentences.contains(sentence)) {
            sentences.add(sentence);
        }
    }

    /** What a process has not heard yet about an edit; empty when there is nothing. */
    synchronized String tell(Object work, int process) {
        if (told.size() > REMEMBERED * REMEMBERED) {
            told.clear();
        }
        List<String> sentences = warned.getOrDefault(work, List.of());
        return String.join(" ", sentences.stream().filter(sentence -> told.add(process + sentence)).toList());
    }
}
