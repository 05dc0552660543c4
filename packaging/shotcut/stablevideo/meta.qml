import QtQuick 2.0
import org.shotcut.qml 1.0

// The entry in Shotcut's list of filters; the panel is ui.qml.
Metadata {
    type: Metadata.Filter
    name: "StableVideo: Edit by Text"
    objectName: "stablevideo"
    mlt_service: "stablevideo"
    keywords: "stablevideo ai effects prompt repaint restyle object background diffusion"
    qml: "ui.qml"
    isClipOnly: true
    isGpuCompatible: false

    keyframes {
        allowAnimateIn: true
        allowAnimateOut: true
        simpleProperties: ["mix"]
        parameters: [
            Parameter {
                name: "Mix"
                property: "mix"
                isCurve: true
                minimum: 0
                maximum: 100
            }
        ]
    }
}
