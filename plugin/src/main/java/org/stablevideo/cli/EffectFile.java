package org.stablevideo.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.stablevideo.model.InstalledModel;
import org.stablevideo.model.ModelStore;
import org.stablevideo.preset.Preset;

/** The effect as Kdenlive reads it, with the presets and models that this user has in its lists. */
final class EffectFile {

    private EffectFile() {}

    /**
     * The effect.
     *
     * @param shipped text of the effect as it comes with the program
     * @param presets what the list of presets offers besides none
     * @param models what the list of models offers besides the bundled one
     */
    static String with(String shipped, List<Preset> presets, List<InstalledModel> models) {
        List<String> presetNames = new ArrayList<>(List.of(""));
        List<String> presetTitles = new ArrayList<>(List.of("None"));
        for (Preset preset : presets) {
            presetNames.add(preset.id());
            presetTitles.add(preset.title());
        }
        List<String> modelNames = new ArrayList<>(List.of("auto", ModelStore.BUNDLED));
        List<String> modelTitles = new ArrayList<>(List.of("Automatic", "Pocket (bundled)"));
        for (InstalledModel model : models) {
            // the list's own separators
            if (!model.name().matches(".*[;,].*")) {
                modelNames.add(model.name());
                modelTitles.add(model.title());
            }
        }
        return list(list(shipped, "preset", presetNames, presetTitles), "model", modelNames, modelTitles);
    }

    private static String list(String effect, String parameter, List<String> names, List<String> titles) {
        Pattern place = Pattern.compile("(name=\"" + parameter + "\"[^>]*paramlist=\")[^\"]*(\">\\s*<paramlistdisplay>)[^<]*");
        Matcher matcher = place.matcher(effect);
        if (!matcher.find()) {
            throw new IllegalArgumentException("the effect has no list " + parameter);
        }
        String shown = titles.stream().map(title -> escaped(title.replace(',', ' '))).collect(Collectors.joining(","));
        String values = names.stream().map(EffectFile::escaped).collect(Collectors.joining(";"));
        return matcher.replaceFirst("$1" + Matcher.quoteReplacement(values) + "$2" + Matcher.quoteReplacement(shown));
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
    }
}
