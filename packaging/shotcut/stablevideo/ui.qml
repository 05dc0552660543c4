import QtQuick 2.12
import QtQuick.Controls 2.12
import QtQuick.Layouts 1.12
import Shotcut.Controls 1.0 as Shotcut
import "parameters.js" as Parameters

// The panel of the effect: a row for each parameter of parameters.js, a button that makes the edit, and what became of it.
Shotcut.KeyframableFilter {
    id: panel

    property bool showsMore: false

    // Says that rows are to read their values again: a preset was chosen, or the effect was undone.
    signal reread()

    function applied() {
        var results = filter.get("results");
        status.text = results.length > 0 ? "Finished edit: " + results : "Write what object or background should become, and press Apply.";
    }

    function apply() {
        // A text field that still has the focus gives its words first.
        applyButton.forceActiveFocus();
        status.text = "At work, see the list of jobs. The first time the clip is analysed, which takes the longest.";
        filter.analyze();
    }

    keyframableParameters: ["mix"]
    startValues: [0]
    middleValues: [100]
    endValues: [0]
    width: 400
    height: rows.implicitHeight + 16
    Component.onCompleted: {
        if (filter.isNew)
            filter.savePreset(Parameters.presettable());
        blockUpdate = false;
        applied();
    }

    Connections {
        function onAnalyzeFinished() {
            panel.applied();
        }

        function onChanged() {
            panel.reread();
        }

        function onInChanged() {
            panel.updateFilter("mix", filter.getDouble("mix", panel.getPosition()), mixKeyframes, null);
        }

        function onOutChanged() {
            panel.updateFilter("mix", filter.getDouble("mix", panel.getPosition()), mixKeyframes, null);
        }

        target: filter
    }

    Connections {
        function onPositionChanged() {
            panel.reread();
        }

        target: producer
    }

    // The state of the mix's keyframes; its row has the button.
    QtObject {
        id: mixKeyframes

        property bool checked: filter.keyframeCount("mix") > 0 && filter.animateIn <= 0 && filter.animateOut <= 0
    }

    ColumnLayout {
        id: rows

        anchors.left: parent.left
        anchors.right: parent.right
        anchors.top: parent.top
        anchors.margins: 8

        RowLayout {
            Label {
                text: "Preset"
                horizontalAlignment: Text.AlignRight
                Layout.preferredWidth: 110
            }

            Shotcut.Preset {
                parameters: Parameters.presettable()
                onBeforePresetLoaded: filter.resetProperty("mix")
                onPresetSelected: {
                    panel.initializeSimpleKeyframes();
                    panel.reread();
                }
            }
        }

        Repeater {
            model: Parameters.words()

            ParameterRow {
                parameter: modelData
                Layout.fillWidth: true
            }
        }

        Shotcut.Button {
            id: applyButton

            text: "Apply"
            Layout.leftMargin: 114
            onClicked: panel.apply()

            Shotcut.HoverTip {
                text: "Analyses the clip the first time, and paints what the words say. Press it again after a change; the analysis stays."
            }
        }

        Label {
            id: status

            wrapMode: Text.Wrap
            Layout.fillWidth: true
            Layout.leftMargin: 114
        }

        Repeater {
            model: Parameters.settings()

            ParameterRow {
                parameter: modelData
                visible: panel.showsMore || !modelData.more
                Layout.fillWidth: true
            }
        }

        CheckBox {
            text: "More settings"
            checked: panel.showsMore
            onToggled: panel.showsMore = checked
            Layout.leftMargin: 110
        }
    }
}
