import QtQuick 2.12
import QtQuick.Controls 2.12
import QtQuick.Layouts 1.12
import Shotcut.Controls 1.0 as Shotcut

// One parameter of the effect: its title, what sets it, and a button that sets it back.
RowLayout {
    id: row

    property var parameter
    property bool reading: false

    function isWords() {
        return parameter.kind === "text" || parameter.kind === "integer";
    }

    // What the effect has; what was never set has its default.
    function current() {
        var set = filter.get(parameter.key);
        return set.length === 0 ? parameter.value : parameter.kind === "number" ? filter.getDouble(parameter.key, panel.getPosition()) : set;
    }

    function read() {
        reading = true;
        var value = current();
        if (isWords()) {
            if (!words.activeFocus)
                words.text = value;
        } else if (parameter.kind === "choice") {
            choice.currentIndex = Math.max(0, parameter.choices.indexOf(value));
        } else {
            slider.value = value;
            keyframes.checked = parameter.animated === true && filter.keyframeCount(parameter.key) > 0 && filter.animateIn <= 0 && filter.animateOut <= 0;
        }
        reading = false;
    }

    function write(value) {
        if (reading)
            return;

        if (parameter.animated)
            panel.updateFilter(parameter.key, value, keyframes, panel.getPosition());
        else
            filter.set(parameter.key, value);
    }

    // A number that is none, or out of its range, is not taken.
    function writeWords() {
        if (parameter.kind === "integer" && !words.acceptableInput)
            words.text = current();
        else if (words.text !== String(current()))
            write(words.text);
    }

    function replace(value) {
        words.text = value;
        write(String(value));
    }

    Component.onCompleted: read()

    Connections {
        function onReread() {
            row.read();
        }

        target: panel
    }

    Label {
        text: parameter.title
        horizontalAlignment: Text.AlignRight
        Layout.preferredWidth: 110

        Shotcut.HoverTip {
            text: parameter.help
        }
    }

    TextField {
        id: words

        visible: row.isWords()
        selectByMouse: true
        validator: row.parameter.kind === "integer" ? range : null
        Layout.fillWidth: true
        onEditingFinished: row.writeWords()

        IntValidator {
            id: range

            bottom: row.parameter.kind === "integer" ? row.parameter.minimum : 0
            top: row.parameter.kind === "integer" ? row.parameter.maximum : 0
        }

        Shotcut.HoverTip {
            text: parameter.help
        }
    }

    Shotcut.Button {
        visible: parameter.suggestions !== undefined
        text: "▾"
        implicitWidth: 24
        onClicked: suggestions.open()

        Menu {
            id: suggestions

            y: parent.height

            Repeater {
                model: row.parameter.suggestions

                MenuItem {
                    text: modelData[0]
                    onTriggered: row.replace(modelData[1])
                }
            }
        }

        Shotcut.HoverTip {
            text: "Suggestions"
        }
    }

    Shotcut.Button {
        visible: parameter.dice === true
        text: "⚄"
        implicitWidth: 24
        onClicked: row.replace(2 + Math.floor(Math.random() * 999998))

        Shotcut.HoverTip {
            text: "Draw a number"
        }
    }

    Shotcut.ComboBox {
        id: choice

        visible: row.parameter.kind === "choice"
        model: row.parameter.titles
        Layout.fillWidth: true
        onActivated: row.write(row.parameter.choices[currentIndex])

        Shotcut.HoverTip {
            text: parameter.help
        }
    }

    Shotcut.SliderSpinner {
        id: slider

        visible: row.parameter.kind === "number"
        minimumValue: visible ? row.parameter.minimum : 0
        maximumValue: visible ? row.parameter.maximum : 1
        decimals: visible ? row.parameter.decimals : 0
        stepSize: Math.pow(10, -decimals)
        Layout.fillWidth: true
        onValueChanged: row.write(value)
    }

    Shotcut.UndoButton {
        onClicked: {
            if (row.isWords())
                row.replace(row.parameter.value);
            else if (row.parameter.kind === "choice")
                row.write(row.parameter.value);
            else
                slider.value = row.parameter.value;
            row.read();
        }
    }

    Shotcut.KeyframesButton {
        id: keyframes

        visible: row.parameter.animated === true
        onToggled: panel.toggleKeyframes(checked, row.parameter.key, slider.value)
    }
}
