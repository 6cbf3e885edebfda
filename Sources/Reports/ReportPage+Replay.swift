import Harness

/// How to see it again.
extension ReportPage {
    var replaySection: String {
        guard !result.target.isLive else { return liveSection }
        if let minimalReplay { return shrunkReplaySection(minimalReplay) }
        // The shortest run of a comparison is known by its explicit faults alone.
        guard replay != explicitReplay else {
            return "## Replay\n\n```sh\n\(replay)\n```\n\n[`scenario.yaml`](scenario.yaml) has every fault.\n\n"
        }
        return """
            ## Replay

            ```sh
            \(replay)
            ```

            The same run as explicit faults, without rates, is in [`scenario.yaml`](scenario.yaml):

            ```sh
            \(explicitReplay)
            ```


            """
    }

    private func shrunkReplaySection(_ minimalReplay: String) -> String {
        """
        ## Replay

        The shortest run that fails for this cause, [`minimal.yaml`](minimal.yaml):

        ```sh
        \(minimalReplay)
        ```

        The run in which it was found, and the same as explicit faults, [`scenario.yaml`](scenario.yaml):

        ```sh
        \(replay)
        \(explicitReplay)
        ```


        """
    }

    private var liveSection: String {
        var section = """
            ## Again

            This run took place on a live target (\(result.target.rawValue)), with real processes: no two such runs are the \
            same. This makes another one of the same kind:

            ```sh
            \(replay)
            ```

            [`scenario.yaml`](scenario.yaml) has every fault that struck as a plan. In the simulator, where a seed decides \
            everything, it is run by

            ```sh
            \(explicitReplay)
            ```


            """
        if let stores = result.keptStores { section += "The stores were kept: \(Markdown.code(stores)).\n\n" }
        return section
    }
}
