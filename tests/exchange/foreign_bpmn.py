"""BPMN files in the style of other tools."""

from __future__ import annotations

_MODEL = 'xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"'

#: As Camunda's modeler writes: a prefix, forms and delegates in a namespace of its own, conditions in `${}`.
CAMUNDA = f"""<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions {_MODEL.replace("xmlns", "xmlns:bpmn")} xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
    xmlns:camunda="http://camunda.org/schema/1.0/bpmn" targetNamespace="http://bpmn.io/schema/bpmn" exporter="Camunda Modeler">
  <bpmn:process id="Leave" name="Leave request" isExecutable="true" camunda:historyTimeToLive="180">
    <bpmn:startEvent id="StartEvent_1" camunda:initiator="applicant"><bpmn:outgoing>f1</bpmn:outgoing></bpmn:startEvent>
    <bpmn:sequenceFlow id="f1" sourceRef="StartEvent_1" targetRef="Activity_0abc" />
    <bpmn:userTask id="Activity_0abc" name="Approve leave" camunda:formKey="leave.form" camunda:candidateGroups="managers" />
    <bpmn:sequenceFlow id="f2" sourceRef="Activity_0abc" targetRef="Gateway_1" />
    <bpmn:exclusiveGateway id="Gateway_1" name="Approved?" />
    <bpmn:sequenceFlow id="f3" name="yes" sourceRef="Gateway_1" targetRef="Book">
      <bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">${{approved}}</bpmn:conditionExpression>
    </bpmn:sequenceFlow>
    <bpmn:sequenceFlow id="f4" name="no" sourceRef="Gateway_1" targetRef="Reject">
      <bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">${{!approved}}</bpmn:conditionExpression>
    </bpmn:sequenceFlow>
    <bpmn:serviceTask id="Book" name="Book days" camunda:delegateExpression="${{booker}}">
      <bpmn:extensionElements>
        <camunda:inputOutput><camunda:inputParameter name="d">1</camunda:inputParameter></camunda:inputOutput>
      </bpmn:extensionElements>
    </bpmn:serviceTask>
    <bpmn:boundaryEvent id="Late" name="No reply" attachedToRef="Book">
      <bpmn:timerEventDefinition>
        <bpmn:timeDuration xsi:type="bpmn:tFormalExpression">PT48H</bpmn:timeDuration>
      </bpmn:timerEventDefinition>
    </bpmn:boundaryEvent>
    <bpmn:boundaryEvent id="Undo" attachedToRef="Book"><bpmn:compensateEventDefinition /></bpmn:boundaryEvent>
    <bpmn:sequenceFlow id="f5" sourceRef="Late" targetRef="Reject" />
    <bpmn:sequenceFlow id="f6" sourceRef="Book" targetRef="Days" />
    <bpmn:exclusiveGateway id="Days" default="f8" />
    <bpmn:sequenceFlow id="f7" sourceRef="Days" targetRef="Check">
      <bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">${{days &gt; 10}}</bpmn:conditionExpression>
    </bpmn:sequenceFlow>
    <bpmn:sequenceFlow id="f8" sourceRef="Days" targetRef="Done" />
    <bpmn:businessRuleTask id="Check" camunda:decisionRef="leave_rules" />
    <bpmn:sequenceFlow id="f9" sourceRef="Check" targetRef="Done" />
    <bpmn:sendTask id="Reject" name="Tell them" camunda:type="external" camunda:topic="mail" />
    <bpmn:sequenceFlow id="f10" sourceRef="Reject" targetRef="Refused" />
    <bpmn:endEvent id="Done" name="Booked" />
    <bpmn:endEvent id="Refused"><bpmn:terminateEventDefinition /></bpmn:endEvent>
    <bpmn:textAnnotation id="Note"><bpmn:text>Ask the works council</bpmn:text></bpmn:textAnnotation>
    <bpmn:association id="a1" sourceRef="Check" targetRef="Note" />
  </bpmn:process>
</bpmn:definitions>"""

#: As Flowable writes: no prefix, parallel branches, a task for several people, a call of another process.
FLOWABLE = f"""<?xml version='1.0' encoding='UTF-8'?>
<definitions {_MODEL} xmlns:flowable="http://flowable.org/bpmn" typeLanguage="http://www.w3.org/2001/XMLSchema"
    targetNamespace="http://www.flowable.org/processdef">
  <process id="review" name="会签" isExecutable="true">
    <documentation>两个部门会签</documentation>
    <startEvent id="begin" flowable:formFieldValidation="true"/>
    <sequenceFlow id="s1" sourceRef="begin" targetRef="split"/>
    <parallelGateway id="split"/>
    <sequenceFlow id="s2" sourceRef="split" targetRef="one"/>
    <sequenceFlow id="s3" sourceRef="split" targetRef="two"/>
    <userTask id="one" name="财务审核" flowable:candidateGroups="finance">
      <multiInstanceLoopCharacteristics isSequential="false" flowable:collection="assignees" flowable:elementVariable="assignee"/>
    </userTask>
    <userTask id="two" name="法务审核" flowable:assignee="${{legal}}"/>
    <sequenceFlow id="s4" sourceRef="one" targetRef="gather"/>
    <sequenceFlow id="s5" sourceRef="two" targetRef="gather"/>
    <parallelGateway id="gather"/>
    <sequenceFlow id="s6" sourceRef="gather" targetRef="each"/>
    <callActivity id="each" name="逐个通知" calledElement="tell">
      <multiInstanceLoopCharacteristics isSequential="false" flowable:collection="${{receivers}}"/>
    </callActivity>
    <sequenceFlow id="s7" sourceRef="each" targetRef="script"/>
    <scriptTask id="script" scriptFormat="javascript"><script>var x = 1;</script></scriptTask>
    <sequenceFlow id="s8" sourceRef="script" targetRef="over"/>
    <endEvent id="over"/>
  </process>
  <process id="tell" isExecutable="true">
    <startEvent id="t1"/><sequenceFlow id="t2" sourceRef="t1" targetRef="t3"/><endEvent id="t3"/>
  </process>
</definitions>"""

#: As bpmn.io draws: events that compete, links, an event sub-process, a sub-process, arrows that split without a gateway.
DRAWN = f"""<?xml version="1.0" encoding="UTF-8"?>
<definitions {_MODEL} id="Definitions_1" targetNamespace="http://bpmn.io/schema/bpmn">
  <message id="Message_1" name="Payment"/><signal id="Signal_1" name="Alarm"/><error id="Error_1" name="No stock" errorCode="42"/>
  <process id="Process_1">
    <startEvent id="Start"><timerEventDefinition><timeCycle>R/P1D</timeCycle></timerEventDefinition></startEvent>
    <sequenceFlow id="Flow_1" sourceRef="Start" targetRef="Event_idle"/>
    <intermediateThrowEvent id="Event_idle" name="milestone"/>
    <sequenceFlow id="Flow_2" sourceRef="Event_idle" targetRef="Race"/>
    <eventBasedGateway id="Race" name="Wait for money"/>
    <sequenceFlow id="Flow_3" sourceRef="Race" targetRef="Paid"/>
    <sequenceFlow id="Flow_4" sourceRef="Race" targetRef="Overdue"/>
    <intermediateCatchEvent id="Paid"><messageEventDefinition messageRef="Message_1"/></intermediateCatchEvent>
    <intermediateCatchEvent id="Overdue">
      <timerEventDefinition><timeDuration>P2W</timeDuration></timerEventDefinition>
    </intermediateCatchEvent>
    <sequenceFlow id="Flow_5" sourceRef="Paid" targetRef="Pack"/>
    <sequenceFlow id="Flow_6" sourceRef="Overdue" targetRef="Jump"/>
    <intermediateThrowEvent id="Jump" name="A"><linkEventDefinition name="A"/></intermediateThrowEvent>
    <intermediateCatchEvent id="Land" name="A"><linkEventDefinition name="A"/></intermediateCatchEvent>
    <sequenceFlow id="Flow_7" sourceRef="Land" targetRef="Cancelled"/>
    <subProcess id="Pack" name="Pack goods">
      <startEvent id="In_1"/><sequenceFlow id="In_2" sourceRef="In_1" targetRef="In_3"/>
      <task id="In_3" name="Wrap"/><sequenceFlow id="In_4" sourceRef="In_3" targetRef="In_5"/><endEvent id="In_5"/>
    </subProcess>
    <boundaryEvent id="Empty" attachedToRef="Pack"><errorEventDefinition errorRef="Error_1"/></boundaryEvent>
    <boundaryEvent id="Fire" attachedToRef="Pack" cancelActivity="false">
      <signalEventDefinition signalRef="Signal_1"/>
    </boundaryEvent>
    <sequenceFlow id="Flow_8" sourceRef="Empty" targetRef="Cancelled"/>
    <sequenceFlow id="Flow_9" sourceRef="Fire" targetRef="Hose"/>
    <manualTask id="Hose" name="Fetch the hose"/>
    <sequenceFlow id="Flow_10" sourceRef="Pack" targetRef="Ship"/>
    <task id="Ship" name="Ship"/>
    <sequenceFlow id="Flow_11" sourceRef="Ship" targetRef="Shipped"/>
    <sequenceFlow id="Flow_12" sourceRef="Ship" targetRef="Billed"/>
    <endEvent id="Shipped"/><endEvent id="Billed"/><endEvent id="Cancelled" name="Cancelled"/>
    <subProcess id="Any" name="Customer cancels" triggeredByEvent="true">
      <startEvent id="Any_1"><messageEventDefinition messageRef="Message_1"/></startEvent>
      <sequenceFlow id="Any_2" sourceRef="Any_1" targetRef="Any_3"/><endEvent id="Any_3" name="Gone"/>
    </subProcess>
    <subProcess id="Daily" name="Daily report" triggeredByEvent="true">
      <startEvent id="D_1"><timerEventDefinition><timeCycle>R/P1D</timeCycle></timerEventDefinition></startEvent>
    </subProcess>
    <dataObjectReference id="Data_1" name="Order"/>
  </process>
</definitions>"""

#: As Signavio writes: a pool with lanes, labels instead of conditions, attributes of its own.
LANES = f"""<?xml version="1.0" encoding="UTF-8"?>
<definitions {_MODEL} xmlns:signavio="http://www.signavio.com" targetNamespace="http://www.signavio.com/bpmn20">
  <collaboration id="sid-1">
    <participant id="sid-2" name="某某局" processRef="sid-4"/><participant id="sid-3" name="群众"/>
    <messageFlow id="sid-5" name="申请" sourceRef="sid-3" targetRef="sid-10"/>
  </collaboration>
  <process id="sid-4" name="临时申请">
    <extensionElements><signavio:signavioDiagramMetaData metaKey="revisionid" metaValue="1"/></extensionElements>
    <laneSet id="sid-6">
      <lane id="sid-7" name="乡镇窗口"><flowNodeRef>sid-10</flowNodeRef><flowNodeRef>sid-11</flowNodeRef></lane>
      <lane id="sid-8" name="县民政局"><flowNodeRef>sid-12</flowNodeRef></lane>
    </laneSet>
    <userTask id="sid-11" name="窗口受理"/>
    <userTask id="sid-12" name="县级审批"/>
    <startEvent id="sid-10" name=""/>
    <exclusiveGateway id="sid-13" name="同意吗" gatewayDirection="Diverging"/>
    <inclusiveGateway id="sid-14"/>
    <endEvent id="sid-15" name="办结"/><endEvent id="sid-16" name="退回"/>
    <sequenceFlow id="sid-20" sourceRef="sid-10" targetRef="sid-11"/>
    <sequenceFlow id="sid-21" sourceRef="sid-11" targetRef="sid-12"/>
    <sequenceFlow id="sid-22" sourceRef="sid-12" targetRef="sid-13"/>
    <sequenceFlow id="sid-23" name="同意" sourceRef="sid-13" targetRef="sid-14"/>
    <sequenceFlow id="sid-24" name="不同意" sourceRef="sid-13" targetRef="sid-16"/>
    <sequenceFlow id="sid-25" sourceRef="sid-14" targetRef="sid-15"/>
    <sequenceFlow id="sid-26" sourceRef="sid-15" targetRef="sid-99"/>
  </process>
</definitions>"""

ALL = {"camunda": CAMUNDA, "flowable": FLOWABLE, "drawn": DRAWN, "lanes": LANES}
