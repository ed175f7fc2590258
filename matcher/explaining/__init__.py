"""Why a plan is as it is: seats that stay open, people who serve or do not, and what a seat costs.

`changes`, `candidates` and `person` are plain reading; `proving`, `seats`, `instead` and
`trade_off` solve again and so belong to jobs and the command line alone.
"""
